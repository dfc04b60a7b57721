//! All kinds as the files that the server writes beside the requests.

use std::fs::File;

use futures_util::{FutureExt as _, future::BoxFuture};
use serde_json::Value;

use super::{Kind, Means, PieceAfter, Reports, Scores, Visits, params};
use crate::{
    accounts::policy::Scope,
    error::Result,
    exports::{
        api::{format_of, heads_of},
        model::{Asked, ExportKind},
        source::{Source, Writing, WrittenPiece},
    },
    http::{
        languages::Wishes,
        sheet::{Manner, Written},
    },
};

/// So many things are read at once.
const AT_ONCE: u32 = 500;

/// All kinds that there are.
pub struct AllKinds(pub Means);

impl Source for AllKinds {
    fn check(&self, asked: &Asked) -> Result<()> {
        match asked.what {
            ExportKind::Visits => params::<Visits>(&asked.filter).map(drop),
            ExportKind::Scores => params::<Scores>(&asked.filter).map(drop),
            ExportKind::Reports => params::<Reports>(&asked.filter).map(drop),
        }
    }

    fn open(&self, asked: &Asked) -> Result<Box<dyn Writing>> {
        let means = self.0.clone();
        Ok(match asked.what {
            ExportKind::Visits => Box::new(OfKind::<Visits>::new(means, asked)?),
            ExportKind::Scores => Box::new(OfKind::<Scores>::new(means, asked)?),
            ExportKind::Reports => Box::new(OfKind::<Reports>::new(means, asked)?),
        })
    }
}

/// A file of one kind.
struct OfKind<K: Kind> {
    means: Means,
    filter: String,
    wishes: Wishes,
    file: Written<K::Thing>,
}

impl<K: Kind> OfKind<K> {
    fn new(means: Means, asked: &Asked) -> Result<Self> {
        let wishes = Wishes::only(asked.language.clone());
        let manner = Manner::in_language(wishes.ours(), heads_of(asked.titles));
        let file = Written::new(format_of(asked.format), manner)?;
        Ok(Self { means, filter: asked.filter.clone(), wishes, file })
    }
}

impl<K: Kind> Writing for OfKind<K> {
    fn count(&mut self, reach: Scope) -> BoxFuture<'_, Result<Option<u64>>> {
        async move { K::count(&self.means, reach, params::<K>(&self.filter)?).await }.boxed()
    }

    fn head(&self) -> Result<Vec<u8>> {
        self.file.head()
    }

    fn read(&mut self, reach: Scope, after: Option<Value>) -> BoxFuture<'_, Result<WrittenPiece>> {
        async move {
            let (params, from) = (params::<K>(&self.filter)?, PieceAfter { after, at_once: AT_ONCE });
            let piece = K::read(&self.means, reach, params, self.wishes.clone(), from).await?;
            let things = piece.things.len() as u64;
            let bytes = self.file.add(&piece.things)?;
            Ok(WrittenPiece { bytes, things, next: piece.next })
        }
        .boxed()
    }

    fn end(self: Box<Self>, file: &mut File) -> Result<()> {
        self.file.end(file)
    }
}
