//! `docmill retry`: takes the documents that failed in a run through the pipeline again.

use std::path::{Path, PathBuf};

use docmill_core::engine::{
    DEAD_LETTERS_FILE, Overrides, RetryOptions, retry as retry_failed, retry_invocation,
};
use serde_json::{Value as Json, json};

use crate::{
    args::Retry,
    builtin,
    commands::run,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    signals::Signals,
};

pub(crate) fn retry(args: &Retry) -> Result<Outcome, Failure> {
    let failed = |error| run::failure(error, 0);
    let mut invocation = retry_invocation(&args.dir).map_err(failed)?;
    let texts = |key: &str| -> Vec<String> {
        let texts = invocation[key].as_array().into_iter().flatten().filter_map(Json::as_str);
        texts.map(str::to_owned).collect()
    };
    let file = args.pipeline.clone().or_else(|| invocation["pipeline"].as_str().map(PathBuf::from));
    let Some(file) = file else {
        return Err(Failure::Wrong("name the pipeline file: --pipeline FILE".into()));
    };
    let set: Vec<String> = texts("set").into_iter().chain(args.set.iter().cloned()).collect();
    let overrides = Overrides {
        set: set.clone(),
        input: texts("input"),
        output: Some(folder(&args.dir)),
        ..Overrides::default()
    };
    let output = invocation["output"].as_str().filter(|output| !Path::new(output).is_dir());
    let overrides =
        Overrides { output: output.map(str::to_owned).or(overrides.output), ..overrides };
    let pipeline = PipelineFile::open(&file)?.read(&builtin::registry()?, overrides)?;
    if let Some(name) = &args.stage
        && pipeline.components().all(|component| component.name != name)
    {
        let names: Vec<&str> = pipeline.components().map(|component| component.name).collect();
        let names = names.join(", ");
        return Err(Failure::Wrong(format!("nothing is called `{name}` here; there are: {names}")));
    }
    // The next retry goes through the pipeline as it is mended now.
    invocation["pipeline"] = json!(file);
    invocation["set"] = json!(set);
    let signals = Signals::listen()?;
    let options = RetryOptions {
        component: args.stage.as_deref(),
        error: args.error.as_deref(),
        invocation: Some(invocation),
    };
    let report = retry_failed(&pipeline, &args.dir, &options, &signals.stop)
        .map_err(|error| run::failure(error, signals.exit_code()))?;
    run::tell(&report, Some(&args.dir), Some(args.dir.join(DEAD_LETTERS_FILE)), args.json)
}

/// A folder as `--output` takes it.
fn folder(dir: &Path) -> String {
    let mut folder = dir.display().to_string();
    if !folder.ends_with('/') {
        folder.push('/');
    }
    folder
}
