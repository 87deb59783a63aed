//! The command line. The doc comments are its help.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Take documents through pipelines of stages, with every result traceable to the bytes it came from
#[derive(Parser)]
#[command(name = "docmill", version)]
pub(crate) struct Args {
    /// Go to this folder first: all paths are relative to it
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,

    /// When to use colours; `auto` means on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t)]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    /// Says so to everything that prints.
    pub(crate) fn apply(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a pipeline
    Run(Run),
    /// Join what the jobs of a divided run did (`run --shard I/N`)
    Merge(Merge),
    /// Take the documents that failed in a run through its pipeline again, and put what comes of them in
    /// its place in the outputs
    Retry(Retry),
    /// Find all mistakes in pipeline files without reading documents, or try whether a plugin's library
    /// keeps its promises
    Check(Check),
    /// Measure what a pipeline takes, by component, and compare it with what it took before
    Bench(Bench),
    /// Run the [[test]] blocks of pipeline files
    Test(Test),
    /// List the components, explain one and its settings, or show a run that ended, goes on or was broken off
    Show(Show),
    /// Explain a code such as DM0201, or one document of an output
    Explain(Explain),
    /// Read the inputs of an output again and prove where each byte of it comes from
    Verify(Verify),
    /// Make a folder with a plugin of your own: it builds, tests itself and has a pipeline to try it
    New(New),
    /// Write down the plugins, models and word lists of pipelines, with their hashes, in docmill.lock
    Lock(Lock),
    /// Write a shell's completions
    Completions(Completions),
    /// Be a stage for another docmill; it starts workers itself
    #[command(hide = true)]
    Worker,
    /// Measure a pipeline in this process, for `bench`
    #[command(hide = true)]
    BenchProcess(BenchProcess),
    /// Do one check on a library in this process, for `check`
    #[command(hide = true)]
    CheckLibrary(CheckLibrary),
}

impl Command {
    /// Whether its standard output is to be JSON, errors included.
    pub(crate) fn writes_json(&self) -> bool {
        match self {
            Command::Run(run) => run.json,
            Command::Merge(merge) => merge.json,
            Command::Retry(retry) => retry.json,
            Command::Check(check) => check.json,
            Command::Verify(verify) => verify.json,
            Command::Bench(bench) => bench.json,
            Command::Show(show) => show.json,
            Command::Test(_)
            | Command::Explain(_)
            | Command::New(_)
            | Command::Lock(_)
            | Command::Completions(_)
            | Command::Worker
            | Command::BenchProcess(_)
            | Command::CheckLibrary(_) => false,
        }
    }
}

#[derive(clap::Args)]
pub(crate) struct Run {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    /// Read this instead of what the pipeline reads: a file, a folder, a glob, or - for standard
    /// input. Can be given more than once
    #[arg(short, long, value_name = "PATH")]
    pub(crate) input: Vec<String>,

    /// Write here instead: a folder takes the place of the run's, a file or - (standard output) that
    /// of the sinks too
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<String>,

    /// Where failed documents go when the output goes to standard output
    #[arg(long, value_name = "PATH")]
    pub(crate) dead_letters: Option<PathBuf>,

    /// Worker threads [default: as many as there are processors]
    #[arg(short, long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Take in this many documents and no more
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,

    /// Go on with the same run where it was broken off; start it, where it was not begun
    #[arg(long, conflicts_with = "limit")]
    pub(crate) resume: bool,

    /// Do the shards of one of N jobs: I is from 0 to N-1. Jobs need not know of each other; when all are
    /// done, `docmill merge` joins what they did
    #[arg(long, value_name = "I/N", conflicts_with = "limit")]
    pub(crate) shard: Option<JobOf>,

    /// Refuse plugins, models and word lists that are not as docmill.lock says
    #[arg(long)]
    pub(crate) locked: bool,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Change a setting: NAME is a component's name in the pipeline, `source` or `run`; VALUE is
    /// TOML, or else a string. Can be given more than once
    #[arg(long, value_name = "NAME.KEY=VALUE")]
    pub(crate) set: Vec<String>,

    /// How to show how far the run is, on standard error; `auto` means a bar on a terminal, else a plain
    /// line every ten seconds
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    pub(crate) progress: ProgressForm,

    /// Give figures of the run to Prometheus at this address, such as 127.0.0.1:9464, as long as it runs
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<String>,

    /// Say what happens, on standard error, down to this level [default: what DOCMILL_LOG says, else error]
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(crate) log: Option<Level>,

    /// Write the report to standard output, as one JSON object; errors too
    #[arg(long)]
    pub(crate) json: bool,
}

/// How to show how far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressForm {
    #[default]
    Auto,
    /// A bar that moves
    Bar,
    /// A line every ten seconds
    Plain,
    /// A JSON object a line, every second and at the end
    Json,
    /// Nothing
    None,
}

/// What of a run is worth saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// Why a run ends early, and no more
    Error,
    /// Stages whose process was started again, documents that take more than a second
    Warn,
    /// Documents that fail, shards that are on the disk
    Info,
    /// Shards that are begun and done
    Debug,
}

#[derive(clap::Args)]
pub(crate) struct Merge {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    /// Folders in which jobs worked, beside the run's own
    #[arg(value_name = "DIR")]
    pub(crate) from: Vec<PathBuf>,

    /// What the jobs read, as it was given to them
    #[arg(short, long, value_name = "PATH")]
    pub(crate) input: Vec<String>,

    /// The folder to write to, in place of the run's
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<String>,

    /// Settings, as they were given to the jobs
    #[arg(long, value_name = "NAME.KEY=VALUE")]
    pub(crate) set: Vec<String>,

    /// Write the report to standard output, as one JSON object; errors too
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Retry {
    /// The run's folder
    pub(crate) dir: PathBuf,

    /// The pipeline file, if not the one that the run was given
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Option<PathBuf>,

    /// Only documents that failed in the stage, source or sink of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<String>,

    /// Only documents whose error holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) error: Option<String>,

    /// Change a setting, beside those that the run was given
    #[arg(long, value_name = "NAME.KEY=VALUE")]
    pub(crate) set: Vec<String>,

    /// Write the report to standard output, as one JSON object; errors too
    #[arg(long)]
    pub(crate) json: bool,
}

/// One job of several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobOf {
    /// From 0.
    pub(crate) index: usize,
    /// From 1.
    pub(crate) of: usize,
}

impl FromStr for JobOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(index, of)| {
            Some(JobOf { index: index.parse().ok()?, of: of.parse().ok()? })
        });
        parsed.filter(|job| job.index < job.of).ok_or_else(|| {
            "write I/N with I from 0 to N-1: 0/4 is the first of four jobs, 3/4 the last".to_owned()
        })
    }
}

#[derive(clap::Args)]
pub(crate) struct Check {
    /// The pipeline files, and the libraries of plugins
    #[arg(required = true, value_name = "PIPELINE|LIBRARY")]
    pub(crate) paths: Vec<PathBuf>,

    /// How long one check of a library may take, in seconds; ten times as long under valgrind
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,

    /// Write what was found to standard output, as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Bench {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) subject: BenchSubject,

    /// How many processes measure, one after another
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) repeats: u32,

    /// Compare with what was measured before: a file that --save wrote
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub(crate) baseline: Option<PathBuf>,

    /// Compare with another docmill, or another pipeline file (.toml), measured in turn with this one. This tells
    /// smaller differences than a baseline
    #[arg(long, value_name = "BINARY|PIPELINE")]
    pub(crate) against: Option<PathBuf>,

    /// End with exit code 1 where throughput has fallen by more than this share beyond doubt, such as -5%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true, value_parser = crate::commands::bench::share)]
    pub(crate) fail_below: Option<f64>,

    /// Write what was measured to this file, for --baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Draw the time of each component into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,

    /// Write the tables to standard output as Markdown
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,

    /// Write what was measured to standard output, as one JSON object; errors too
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is measured, and how.
#[derive(clap::Args, Clone)]
pub(crate) struct BenchSubject {
    /// Read this instead of what the pipeline reads: a file, a folder or a glob. Can be given more than once
    #[arg(short, long, value_name = "PATH")]
    pub(crate) input: Vec<String>,

    /// Take in this many documents and no more
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,

    /// Worker threads. Processor time is told apart best with one
    #[arg(short, long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,

    /// Passes over the inputs, in each process, before those that count
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) warm_up: usize,

    /// Passes that count, in each process; the least time of a document is taken from them. 0 for as many as take 0.4 s,
    /// and at least 3
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) passes: usize,

    /// Change a setting, as `docmill run` does. Can be given more than once
    #[arg(long, value_name = "NAME.KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(clap::Args)]
pub(crate) struct BenchProcess {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) subject: BenchSubject,
}

#[derive(clap::Args)]
pub(crate) struct CheckLibrary {
    /// The check's name
    pub(crate) check: String,

    /// The library
    pub(crate) library: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Test {
    /// The pipeline files
    #[arg(required = true, value_name = "PIPELINE")]
    pub(crate) pipelines: Vec<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Show {
    /// A component's name, one of the tables `plugin`, `stage`, `run` and `test`, or the folder of a run (`./NAME`
    /// where a component has its name); without one, all components are listed
    #[arg(value_name = "NAME|DIR")]
    pub(crate) name: Option<String>,

    /// With the components of this library too. Can be given more than once
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) plugin: Vec<PathBuf>,

    /// With the components of the plugins of this pipeline too
    #[arg(long, value_name = "PIPELINE")]
    pub(crate) pipeline: Option<PathBuf>,

    /// Write the JSON Schema of pipeline files, for editors; given a pipeline, with its plugins
    #[arg(long, conflicts_with = "name", value_name = "PIPELINE", num_args = 0..=1)]
    pub(crate) schema: Option<Option<PathBuf>>,

    /// Write all components and their settings as one page of Markdown
    #[arg(long, conflicts_with_all = ["name", "schema"])]
    pub(crate) markdown: bool,

    /// Write what is known of a run to standard output, as one JSON object
    #[arg(long, requires = "name")]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Explain {
    /// A code, or a run's folder or documents file
    #[arg(value_name = "CODE|OUTPUT")]
    pub(crate) what: String,

    /// The document's id, or a part of it that no other has
    pub(crate) id: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A run's folder, or a documents file in JSON lines
    pub(crate) output: PathBuf,

    /// A library whose plugin offers decodings that the run's stages used. Can be given more than once
    #[arg(long = "plugin", value_name = "LIBRARY")]
    pub(crate) plugins: Vec<PathBuf>,

    /// Write what was found to standard output, as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct New {
    /// What it is called, in kebab-case: the folder, the plugin and its component
    pub(crate) name: String,

    /// The language to write it in
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    pub(crate) lang: Language,

    /// A stage looks at documents and says what should change; an encoder turns finished ones into
    /// the bytes of a file
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub(crate) kind: Component,
}

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    #[default]
    Rust,
    C,
    Python,
}

/// What a plugin of one's own may offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Component {
    #[default]
    Stage,
    Encoder,
}

#[derive(clap::Args)]
pub(crate) struct Lock {
    /// The pipeline files
    #[arg(required = true, value_name = "PIPELINE")]
    pub(crate) pipelines: Vec<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}
