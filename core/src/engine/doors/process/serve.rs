//! The worker's side: `docmill worker`.
//!
//! The pipes are moved away from standard input and output before any component's code runs: a component that prints
//! writes to standard error, one that reads standard input finds it empty, and the frames are between docmill and
//! this loop alone.

mod pipes;

use std::{io, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use serde_json::Value as Json;
use thiserror::Error;

use self::pipes::{KEPT, Pipes};
use super::{
    frames::{Kind, read_document, write_answer, write_encoded, write_greeting},
    greeting::{Ask, LibraryForm, Named, RefusalForm, Reply, Request, Said, VERSION},
};
use crate::{
    BuildError, Changes, DocumentBuf, DocumentError, Plugin,
    chain::chain,
    contain::{contain, contain_build},
    door::forms::manifest,
    engine::{Pin, Registry, load},
    plugin::{AnySink, AnyStage, Make, SinkEntry, StageEntry},
};

/// Why a worker process ended before its input did.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Nothing that docmill sends came in.
    #[error(
        "this is no command to type: docmill starts workers itself, where a pipeline says isolation = \"process\""
    )]
    NoFrame,
    /// A pipe failed.
    #[error("the pipes to docmill failed")]
    Pipe(#[from] io::Error),
}

/// Runs one component for a docmill at the other end of standard input and output, until the input ends. Standard output
/// is standard error from then on.
///
/// # Errors
///
/// See [`ServeError`].
pub fn serve_worker(registry: &Registry) -> Result<(), ServeError> {
    let mut pipes = Pipes::take_over()?;
    let request: Request = match pipes.next()? {
        Some((Kind::Greeting, body)) => {
            serde_json::from_slice(body).map_err(|_| ServeError::NoFrame)?
        }
        None => return Ok(()),
        Some(_) => return Err(ServeError::NoFrame),
    };
    let (said, role) = match begin(registry, request) {
        Ok((said, role)) => (Ok(said), role),
        Err(error) => (Err(RefusalForm::from(error)), None),
    };
    pipes.answer(|bytes| write_greeting(&Reply { docmill: VERSION.to_owned(), said }, bytes))?;
    let Some(mut role) = role else { return Ok(()) };
    let mut document = DocumentBuf::new();
    while let Some((kind, body)) = pipes.next()? {
        if kind != Kind::Document {
            return Err(ServeError::NoFrame);
        }
        let before = thread_time();
        read_document(body, &mut document).map_err(|_| ServeError::NoFrame)?;
        role.take(&document, before, &mut pipes)?;
        if document.capacity() > KEPT {
            document = DocumentBuf::new();
            role.trim();
        }
    }
    Ok(())
}

/// What a worker is.
enum Role {
    Stage(Component<dyn AnyStage>, Box<Changes>),
    Encoder(Component<dyn AnySink>, Vec<Vec<u8>>),
}

/// Does what a worker can do before the first document: the answer, and what it is from then on.
fn begin(registry: &Registry, request: Request) -> Result<(Said, Option<Role>), BuildError> {
    let Request { docmill, library, ask } = request;
    if docmill != VERSION {
        return Err(BuildError::new(format!("the worker is docmill {VERSION}")));
    }
    let loaded = library.as_ref().map(open).transpose()?;
    let stage = |named: &Named| -> Result<StageEntry, BuildError> {
        let built_in = || registry.stages().iter().map(|offered| &offered.entry);
        let found = match &loaded {
            Some(plugin) => plugin.stages.iter().find(|entry| entry.name == named.name),
            None => built_in().find(|entry| entry.name == named.name),
        };
        found.cloned().ok_or_else(|| unknown(named))
    };
    let encoder = |named: &Named| -> Result<SinkEntry, BuildError> {
        let found = match &loaded {
            Some(plugin) => plugin.sinks.iter().find(|entry| entry.name == named.name),
            None => registry.sink(&named.name).map(|offered| &offered.entry),
        };
        found.cloned().ok_or_else(|| unknown(named))
    };
    Ok(match ask {
        Ask::Manifest => {
            let plugin = loaded.ok_or_else(|| BuildError::new("a library must be named"))?;
            let digest = plugin.from.map(|from| from.digest.clone()).unwrap_or_default();
            (Said::Manifest { manifest: manifest(&plugin), digest }, None)
        }
        Ask::StageContract(named) => {
            let contract = contain_build(|| (stage(&named)?.contract)(&named.settings))?;
            (Said::StageContract((&contract).into()), None)
        }
        Ask::EncoderContract(named) => {
            let contract = contain_build(|| (encoder(&named)?.contract)(&named.settings))?;
            (Said::EncoderContract((&contract).into()), None)
        }
        Ask::Stage(named) => {
            let component = Component::build("stage", stage(&named)?.build, named.settings)?;
            if component.instance.iter().any(|stage| stage.memory().is_some()) {
                return Err(BuildError::new(
                    "it compares documents with each other, so it must run in docmill's own process; leave out isolation",
                ));
            }
            (Said::Stage, Some(Role::Stage(component, Box::default())))
        }
        Ask::Encoder(named) => {
            let entry = encoder(&named)?;
            let contract = contain_build(|| (entry.contract)(&named.settings))?;
            let component = Component::build("sink", entry.build, named.settings)?;
            let mut headers = vec![Vec::new(); contract.outputs.len()];
            for (at, bytes) in headers.iter_mut().enumerate() {
                contain_build(|| {
                    component.instance.iter().for_each(|sink| sink.header(at, bytes));
                    Ok(())
                })?;
            }
            let outputs = vec![Vec::new(); headers.len()];
            (Said::Encoder { headers }, Some(Role::Encoder(component, outputs)))
        }
    })
}

fn open(library: &LibraryForm) -> Result<Plugin, BuildError> {
    // Once in the life of the process.
    let pin = library.pin.clone().and_then(|(digits, by)| Pin::new(&digits, by.leak()));
    load(&library.path, pin.as_ref()).map_err(|refusal| {
        let (said, help) = refusal.told();
        BuildError::new(format!("{said}; {help}"))
    })
}

fn unknown(named: &Named) -> BuildError {
    let name = &named.name;
    BuildError::new(format!("the worker knows no `{name}`; start it with the same plugins"))
}

impl Role {
    /// Takes a document and answers.
    fn take(
        &mut self,
        document: &DocumentBuf,
        before: Duration,
        pipes: &mut Pipes,
    ) -> Result<(), ServeError> {
        let document = document.view();
        match self {
            Role::Stage(stage, changes) => {
                changes.clear();
                let outcome = stage.with(|stage| stage.process(&document, changes));
                let time = thread_time().saturating_sub(before);
                pipes.answer(|bytes| write_answer(&outcome, changes, time, bytes))?;
            }
            Role::Encoder(sink, outputs) => {
                outputs.iter_mut().for_each(Vec::clear);
                let outcome = sink.with(|sink| sink.encode(&document, outputs));
                pipes.answer(|bytes| write_encoded(&outcome, outputs, bytes))?;
            }
        }
        Ok(())
    }

    fn trim(&mut self) {
        match self {
            Role::Stage(_, changes) => **changes = Changes::new(),
            Role::Encoder(_, outputs) => outputs.iter_mut().for_each(|output| *output = Vec::new()),
        }
    }
}

/// A component, which is built anew after a panic.
struct Component<B: ?Sized> {
    /// `stage` or `sink`, for messages.
    kind: &'static str,
    build: Make<Box<B>>,
    settings: Json,
    instance: Option<Box<B>>,
}

impl<B: ?Sized> Component<B> {
    fn build(kind: &'static str, build: Make<Box<B>>, settings: Json) -> Result<Self, BuildError> {
        let instance = Some(contain_build(|| build(&settings))?);
        Ok(Component { kind, build, settings, instance })
    }

    /// Lets it do something. The errors are those of a component in docmill's own process.
    fn with<T>(
        &mut self,
        work: impl FnOnce(&mut B) -> Result<T, DocumentError>,
    ) -> Result<T, String> {
        let Component { kind, build, settings, instance } = self;
        let at_work = match &mut *instance {
            Some(instance) => instance,
            gone => gone.insert(contain_build(|| build(settings)).map_err(|error| {
                let error = chain(&error);
                format!("the {kind} panicked before and cannot be built again: {error}")
            })?),
        };
        let done = contain(|| work(at_work));
        if done.is_err() {
            *instance = None;
        }
        done.map_err(|panic| {
            format!("the {kind} panicked: {panic}; report it to the plugin's author")
        })?
        .map_err(|error| chain(&error))
    }
}

/// Processor time of this thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
