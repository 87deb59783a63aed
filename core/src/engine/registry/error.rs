//! Why some plugins cannot be used together, or one not at all.

use thiserror::Error;

use super::Kind;

/// Why some plugins cannot be used together, or one not at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RegistryError {
    /// Two plugins offer components of one kind and name.
    #[error(
        "the plugins `{first}` and `{second}` both offer a {kind} named `{name}`; leave one of them out"
    )]
    NameTaken {
        /// The kind of both components.
        kind: Kind,
        /// Their name.
        name: &'static str,
        /// The plugin that was there first.
        first: &'static str,
        /// The plugin that came after it; the same where one plugin offers both.
        second: &'static str,
    },
    /// Two plugins have one name.
    #[error("there are two plugins named `{name}`: {first}, and {second}")]
    PluginTaken {
        /// Their name.
        name: &'static str,
        /// Where the one that was there first comes from.
        first: String,
        /// Where the one after it comes from.
        second: String,
    },
    /// Two plugins offer a decoding of one name.
    #[error(
        "the plugins `{first}` and `{second}` both offer a decoding named `{name}`; leave one of them out"
    )]
    DecodingTaken {
        /// Its name.
        name: &'static str,
        /// The plugin that was there first.
        first: &'static str,
        /// The plugin that came after it.
        second: &'static str,
    },
    /// A name that is not in kebab-case.
    #[error(
        "the plugin `{plugin}` offers a {kind} named `{name}`; rename it in kebab-case: lower-case letters, digits, single hyphens"
    )]
    BadName {
        /// The kind of the component.
        kind: Kind,
        /// Its name.
        name: &'static str,
        /// Its plugin.
        plugin: &'static str,
    },
    /// A setting that has the name of a key every component has.
    #[error(
        "the {kind} `{name}` of the plugin `{plugin}` has a setting `{setting}`, a name that pipeline files need themselves; rename the setting"
    )]
    ReservedSetting {
        /// The kind of the component.
        kind: Kind,
        /// Its name.
        name: &'static str,
        /// Its plugin.
        plugin: &'static str,
        /// The setting.
        setting: String,
    },
}
