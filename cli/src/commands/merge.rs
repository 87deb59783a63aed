//! `docmill merge`: joins what the jobs of a divided run did.

use docmill_core::engine::{Overrides, merge as merge_jobs};
use serde_json::json;

use crate::{
    args::Merge,
    builtin,
    commands::run,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
};

pub(crate) fn merge(args: Merge) -> Result<Outcome, Failure> {
    let invocation = json!({
        "pipeline": args.pipeline, "input": args.input, "output": args.output, "set": args.set,
    });
    let overrides =
        Overrides { set: args.set, input: args.input, output: args.output, ..Overrides::default() };
    let pipeline = PipelineFile::open(&args.pipeline)?.read(&builtin::registry()?, overrides)?;
    let Some(dir) = pipeline.run().dir.clone() else {
        return Err(Failure::Wrong("merge writes to a folder, not to standard output".into()));
    };
    let merged = merge_jobs(&pipeline, &dir, &args.from, invocation);
    let report = merged.map_err(|error| run::failure(error, 0))?;
    run::tell(&report, Some(&dir), None, args.json)
}
