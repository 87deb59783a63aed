//! Worker processes: docmill itself, started again to run one component where a crash costs one document.
//!
//! [`Program`] starts a worker and greets it: the first frame each way says what the worker is to be, and whether
//! it is. From then on it is a [`stage`] or an [`encoder`], which documents are sent to in [`frames`]. The worker's
//! side is [`serve_worker`]. Both must be of one version, which they are unless the program was replaced
//! meanwhile.

mod encoder;
mod frames;
mod greeting;
mod program;
mod serve;
mod stage;

use std::sync::Arc;

use serde_json::Value as Json;

#[cfg(feature = "testing")]
pub(crate) use self::frames::check_frame;
pub(crate) use self::program::Program;
use self::{
    encoder::EncoderWorker,
    greeting::{Ask, Named, Said},
    program::beside_the_point,
    stage::StageWorker,
};
pub use self::{
    program::WorkerCommand,
    serve::{ServeError, serve_worker},
};
use super::remote::Remote;
use crate::{
    BuildError, Contract, Plugin, SinkContract,
    door::forms::{ComponentForm, ComponentKind, with_path},
    plugin::{AnySink, AnyStage, Limits, LoadedFrom, SinkEntry, StageEntry},
};

/// Starts a worker that is a stage. `name` is the stage's in its pipeline.
///
/// # Errors
///
/// The worker cannot be started, or the stage refuses its settings.
pub(crate) fn start_stage(
    program: &Program,
    component: &str,
    settings: &Json,
    name: &str,
    limits: Limits,
) -> Result<Box<dyn AnyStage>, BuildError> {
    let ask = Ask::Stage(Named::new(component, settings));
    let (program, name) = (program.clone(), name.to_owned());
    Ok(Box::new(Remote::start(StageWorker { program, ask, name, limits })?))
}

/// A library's plugin, whose code runs in workers alone: what it offers, its contracts and its instances are all
/// asked of them.
///
/// # Errors
///
/// The worker cannot be started, or the library is refused.
pub(crate) fn plugin(program: &Program) -> Result<Plugin, BuildError> {
    let path = program.library_path();
    let who = format!("the worker of {}", path.display());
    let (_, Said::Manifest { manifest, digest }) =
        program.ask(&Ask::Manifest, &who, Limits::default())?
    else {
        return Err(beside_the_point(&who));
    };
    // A plugin lives as long as docmill, as one that is loaded does.
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let from = LoadedFrom { path, digest };
    // What is asked later must be the same library.
    let program = program.pinned(&from);
    let mut plugin = Plugin::new(leak(manifest.name), leak(manifest.version));
    plugin.from = Some(Box::leak(Box::new(from)));
    for form in manifest.components {
        let name = leak(form.name.clone());
        match form.kind {
            ComponentKind::Stage => plugin.stages.push(stage_entry(name, form, &program)),
            ComponentKind::Encoder => {
                let endings = form.extensions.iter().cloned().map(leak).collect::<Vec<_>>();
                plugin.sinks.push(sink_entry(name, endings.leak(), form, &program));
            }
        }
    }
    Ok(plugin)
}

fn stage_entry(name: &'static str, form: ComponentForm, program: &Program) -> StageEntry {
    let (asked, built, bounded) = (program.clone(), program.clone(), program.clone());
    StageEntry {
        name,
        schema: form.schema,
        contract: Arc::new(move |settings| {
            let (who, ask) = (who(name), Ask::StageContract(Named::new(name, settings)));
            match asked.ask(&ask, &who, Limits::default())? {
                (_, Said::StageContract(form)) => Ok(Contract::from(form)),
                _ => Err(beside_the_point(&who)),
            }
        }),
        build: Arc::new(move |settings| {
            start_stage(&built, name, settings, name, Limits::default())
        }),
        outside: Some(Arc::new(move |settings, called, limits| {
            start_stage(&bounded, name, settings, called, limits)
        })),
    }
}

fn sink_entry(
    name: &'static str,
    extensions: &'static [&'static str],
    form: ComponentForm,
    program: &Program,
) -> SinkEntry {
    let (asked, built) = (program.clone(), program.clone());
    let template = form.settings_for;
    SinkEntry {
        name,
        extensions,
        schema: form.schema,
        settings_for: Arc::new(move |path| with_path(&template, path)),
        contract: Arc::new(move |settings| {
            let (who, ask) = (who(name), Ask::EncoderContract(Named::new(name, settings)));
            match asked.ask(&ask, &who, Limits::default())? {
                (_, Said::EncoderContract(form)) => Ok(SinkContract::from(form)),
                _ => Err(beside_the_point(&who)),
            }
        }),
        build: Arc::new(move |settings| {
            let ask = Ask::Encoder(Named::new(name, settings));
            let encoder = EncoderWorker::start(built.clone(), ask, name, Limits::default())?;
            Ok(Box::new(encoder) as Box<dyn AnySink>)
        }),
    }
}

fn who(name: &str) -> String {
    format!("the worker of `{name}`")
}

#[cfg(test)]
mod tests;
