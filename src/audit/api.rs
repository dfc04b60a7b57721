//! Looks: an answer that shows a desk who a shopper is leaves a row before it is sent.
//!
//! A handler takes [`Looking`] and answers [`Shown`], which nothing else makes. So the contract says of each operation
//! whether its answers are written down (`audited` in `x-permission`), and a test holds the contract to it.

use std::{
    collections::BTreeSet,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, dev::Payload, http::Method, web::Data,
};

use super::{About, AuditKind, Details, Entry, record};
use crate::{
    app::App,
    db::types::Id,
    error::{Error, Result},
    http::{
        endpoint::{Answer, Part, Signature},
        listed::Listed,
    },
    ids::{AccountId, BrandId, SubjectId},
};

/// In a handler's signature: what its answer shows is written down.
pub struct Looking {
    app: Data<App>,
    request: HttpRequest,
}

impl FromRequest for Looking {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| Error::internal("no App"));
        ready(app.map(|app| Self { app, request: request.clone() }))
    }
}

impl Part for Looking {
    fn describe(_: &mut Signature) {}
}

/// Whom an answer shows, and about what it is.
pub struct Look {
    about: About,
    subject: Option<SubjectId>,
    brand: Option<BrandId>,
    whom: Whom,
}

enum Whom {
    These(BTreeSet<AccountId>),
    /// A whole list, which is read while it is sent.
    All,
}

impl Look {
    /// At one thing, which shows these shoppers.
    pub fn at<T: 'static>(
        (about, subject): (About, Id<T>),
        brand: impl Into<Option<BrandId>>,
        shoppers: impl IntoIterator<Item = AccountId>,
    ) -> Self {
        let whom = Whom::These(shoppers.into_iter().collect());
        Self { about, subject: Some(subject.cast()), brand: brand.into(), whom }
    }

    /// At several things, which show these shoppers.
    pub fn list(brand: impl Into<Option<BrandId>>, shoppers: impl IntoIterator<Item = AccountId>) -> Self {
        let whom = Whom::These(shoppers.into_iter().collect());
        Self { about: About::List, subject: None, brand: brand.into(), whom }
    }

    /// At a list whose shoppers are not known before it is sent.
    pub fn whole_list(brand: impl Into<Option<BrandId>>) -> Self {
        Self { about: About::List, subject: None, brand: brand.into(), whom: Whom::All }
    }

    /// At a list, whose things show these shoppers; if it is a file, these are not known before it is sent.
    pub fn listed<T>(
        brand: impl Into<Option<BrandId>>,
        listed: &Listed<T>,
        shopper: impl Fn(&T) -> Option<AccountId>,
    ) -> Self {
        match listed {
            Listed::Page(page) => Self::list(brand, page.items.iter().filter_map(shopper)),
            Listed::File(..) | Listed::Files(..) => Self::whole_list(brand),
        }
    }

    /// Whether it shows this account any shopper but itself.
    fn shows(&self, by: AccountId) -> bool {
        match &self.whom {
            Whom::These(shoppers) => shoppers.iter().any(|one| *one != by),
            Whom::All => true,
        }
    }
}

impl Looking {
    /// Writes down what this account is shown, one row for the request, and lets the answer be sent. What shows no shopper
    /// but the caller is not written down, nor an answer to HEAD, which shows nothing.
    ///
    /// # Errors
    /// Those of the database; `sign_in_needed` and the like if what let the request in is gone.
    pub async fn show<A>(self, by: AccountId, look: Look, answer: A) -> Result<Shown<A>> {
        if look.shows(by) && self.request.method() != Method::HEAD {
            let (entry, now) = (self.entry(by, look), self.app.clock.now());
            self.app.db.write(move |conn| record(conn, entry.clone(), now)).await?;
        }
        Ok(Shown(answer))
    }

    fn entry(&self, by: AccountId, look: Look) -> Entry {
        let request = self.request.extensions().get::<tracing_actix_web::RequestId>().map(|id| **id);
        let pattern = self.request.match_pattern().unwrap_or_default();
        let details = Details::default().operation(self.request.method().as_str(), &pattern);
        let details = match &look.whom {
            Whom::These(shoppers) => details.ids("shopper_ids", shoppers),
            Whom::All => details.is("whole_list", true),
        };
        let entry = Entry {
            kind: AuditKind::ShopperShown,
            about: look.about,
            subject: look.subject,
            brand: look.brand,
            account: Some(by),
            step: request.unwrap_or_default().to_string(),
            details,
        };
        entry.by_key(self.request.extensions().get())
    }
}

/// An answer that shows who a shopper is, and of which that is written down.
#[derive(Debug)]
pub struct Shown<A>(A);

impl<A: Responder> Responder for Shown<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<A::Body> {
        self.0.respond_to(request)
    }
}

impl<A: Answer> Answer for Shown<A> {
    fn describe(signature: &mut Signature) {
        signature.is_audited = true;
        A::describe(signature);
    }
}
