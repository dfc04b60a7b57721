//! Flags that are the parameters of an address.

use std::marker::PhantomData;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};
use utoipa::openapi::path::Parameter;

use crate::{http::input::shape, server::exports::Kind};

/// The parameters of a kind of export, as a query.
pub(super) struct Filters<K>(String, PhantomData<fn(K)>);

impl<K> Filters<K> {
    /// What would stand after the question mark of its address.
    pub(super) fn query(&self) -> &str {
        &self.0
    }
}

impl<K: Kind> Args for Filters<K> {
    fn augment_args(command: Command) -> Command {
        parameters::<K>().into_iter().fold(command, |command, parameter| command.arg(flag(&parameter)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<K: Kind> FromArgMatches for Filters<K> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for Parameter { name, .. } in parameters::<K>() {
            if let Some(value) = matches.get_one::<String>(&name) {
                query.append_pair(&name, value);
            }
        }
        Ok(Self(query.finish(), PhantomData))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn parameters<K: Kind>() -> Vec<Parameter> {
    shape::parameters::<K::Params>()
}

/// The flag of a parameter: with hyphens, or as the parameter is called.
fn flag(parameter: &Parameter) -> Arg {
    let about = parameter.description.clone().unwrap_or_default();
    let flag = Arg::new(parameter.name.clone()).long(parameter.name.replace('_', "-"));
    let flag = if parameter.name.contains('_') { flag.alias(parameter.name.clone()) } else { flag };
    flag.help(about.trim_end_matches('.').to_owned()).value_name("VALUE")
}
