//! The stage `template`: marks words written in capitals. The smallest stage there is.
//!
//! To make it yours, change the settings, the contract, and what `process` says. Whatever it says,
//! the contract test below tries it on arbitrary text.

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Template>()
}

#[cfg(feature = "library")]
docmill_core::export!(plugin);

/// Marks words written in capitals, in the layer `shouts`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The shortest word to mark, in chars, from 1 to 100. Default: 2.
    #[schemars(range(min = 1, max = 100))]
    pub min_length: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { min_length: 2 }
    }
}

/// The stage.
pub struct Template {
    min_length: usize,
}

impl Stage for Template {
    const NAME: &'static str = "template";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().writes("shouts")
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        Ok(Template { min_length: settings.min_length })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let mut start = 0;
        for word in document.text().split_inclusive(char::is_whitespace) {
            let shout = word.trim_end();
            if shout.chars().count() >= self.min_length && shout.chars().all(char::is_uppercase) {
                changes.annotate("shouts", start..start + shout.len());
            }
            start += word.len();
        }
        Ok(Verdict::Keep)
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::{DocumentBuf, testing};

    use super::*;

    #[test]
    fn words_in_capitals_are_marked() {
        let document = DocumentBuf::with_text("We said NO to ÉTÉ, not I");
        let mut changes = Changes::new();
        let mut stage = Template::build(Settings::default()).unwrap();
        stage.process(&document.view(), &mut changes).unwrap();
        assert_eq!(testing::annotated(&document, &changes, "shouts"), ["NO"]);
    }

    #[test]
    fn it_keeps_the_contract() {
        testing::check_stage::<Template>(testing::no_settings(), DocumentBuf::with_text);
    }
}
