//! A stage that takes as long as it is told to, which the trials of `docmill bench` load: with a setting changed by a
//! tenth, a stage that is slower by a tenth.

use std::hint::black_box;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Goes through the text of each document many times, for nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Settings {
    /// How many times, from 0. Default: 10.
    times: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { times: 10 }
    }
}

struct Spin(Settings);

impl Stage for Spin {
    const NAME: &'static str = "spin";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new()
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        Ok(Spin(settings))
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        _: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        for _ in 0..self.0.times {
            let bytes = black_box(document.text()).bytes();
            black_box(bytes.fold(0_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(31)));
        }
        Ok(Verdict::Keep)
    }
}

/// The stage.
pub fn plugin() -> Plugin {
    Plugin::new("docmill-spin", env!("CARGO_PKG_VERSION")).stage::<Spin>()
}

docmill_core::export!(plugin);
