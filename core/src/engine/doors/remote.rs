//! A stage at the other end of two pipes, whatever is spoken there.
//!
//! Documents are sent ahead and answered one after another, so the first without an answer is the one that
//! was at work when the child died: it fails with the cause, and those after it are sent again to a new
//! child. Nothing that a child says is trusted: an answer that cannot be read costs it its life, like a
//! crash.

use std::{ops::ControlFlow, time::Duration};

use super::child::Child;
use crate::{
    BuildError, Changes, Document, DocumentError, Verdict,
    plugin::{AnyStage, Batch, RemoteStage},
};

/// What is spoken with a child.
pub(crate) trait Protocol: Send {
    /// How messages name the child: ``the worker of `x` ``.
    fn who(&self) -> String;

    /// Starts a child and greets it, so that it is ready for documents. The clock of the child is the
    /// timeout of a document afterwards.
    fn start(&mut self) -> Result<Child, BuildError>;

    /// Appends a document to what is to be written.
    fn send(&mut self, document: &Document<'_>, outgoing: &mut Vec<u8>);

    /// Reads the answer to a document from the front of what has come in, and fills `changes`, which comes
    /// empty; their form is checked here. `None` where the answer is not whole yet.
    fn receive(
        &mut self,
        incoming: &[u8],
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Option<Received>;
}

/// An answer.
pub(crate) struct Received {
    /// How many bytes it is long.
    pub(crate) taken: usize,
    pub(crate) outcome: Result<Verdict, DocumentError>,
    /// Whether nothing that follows can be understood, so that the child is to be killed. The document fails
    /// with `outcome`, which is an error.
    pub(crate) broken: bool,
    /// Processor time that the child took over it, where it says so.
    pub(crate) time: Duration,
}

/// A stage that speaks a protocol with a child.
pub(crate) struct Remote<P> {
    protocol: P,
    /// `None` where it died, until the next document comes.
    child: Option<Child>,
    changes: Changes,
}

impl<P: Protocol> Remote<P> {
    /// Starts the child.
    ///
    /// # Errors
    ///
    /// It cannot be started, or refuses its settings.
    pub(crate) fn start(mut protocol: P) -> Result<Self, BuildError> {
        let child = Some(protocol.start()?);
        Ok(Remote { protocol, child, changes: Changes::new() })
    }

    /// The child, a new one where the last has ended without a document to blame.
    fn child(&mut self) -> Result<&mut Child, BuildError> {
        if self.child.as_mut().is_some_and(Child::has_ended) {
            self.child = None;
        }
        match &mut self.child {
            Some(child) => Ok(child),
            gone => Ok(gone.insert(self.protocol.start()?)),
        }
    }
}

/// The answer of a child to a document of a batch; an error where it has died over it, `None` where the run is to
/// stop before there is one.
fn answer<P: Protocol>(
    protocol: &mut P,
    child: &mut Child,
    (batch, at): (&dyn Batch, usize),
    changes: &mut Changes,
) -> Option<Result<Received, DocumentError>> {
    let document = batch.document(at);
    loop {
        changes.clear();
        if let Some(received) = protocol.receive(child.incoming(), &document, changes) {
            child.take(received.taken);
            child.start_clock();
            return Some(match (received.broken, received.outcome) {
                (true, Err(error)) => Err(error),
                (_, outcome) => Ok(Received { outcome, ..received }),
            });
        }
        if batch.is_stopped() {
            return None;
        }
        if let Err(end) = child.more() {
            return Some(Err(DocumentError::new(format!("{} {end}", protocol.who()))));
        }
    }
}

impl<P: Protocol> RemoteStage for Remote<P> {
    fn process_batch(&mut self, batch: &mut dyn Batch) -> Result<(), BuildError> {
        let mut next = 0;
        while next < batch.len() {
            self.child()?;
            let Remote { protocol, child: Some(child), changes } = self else { continue };
            for at in next..batch.len() {
                protocol.send(&batch.document(at), child.outgoing());
            }
            child.start_clock();
            while next < batch.len() {
                let received = answer(protocol, child, (batch, next), changes);
                next += 1;
                let Some(received) = received else {
                    child.kill();
                    self.child = None;
                    return Ok(());
                };
                match received {
                    Ok(Received { outcome, time, .. }) => {
                        batch.answer(next - 1, outcome, changes, time);
                    }
                    Err(error) => {
                        child.kill();
                        self.child = None;
                        if let ControlFlow::Break(()) = batch.lose(next - 1, error) {
                            return Ok(());
                        }
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn trim(&mut self, kept: usize) {
        if let Some(child) = &mut self.child {
            child.trim(kept);
        }
        self.changes = Changes::new();
    }
}

impl<P: Protocol> AnyStage for Remote<P> {
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let mut alone = Alone { document: *document, changes, outcome: Ok(Verdict::Keep) };
        let started = self.process_batch(&mut alone);
        let outcome = alone.outcome;
        started.map_err(|error| {
            DocumentError::because(
                format!("{} cannot be started again", self.protocol.who()),
                error,
            )
        })?;
        outcome
    }

    fn remote(&mut self) -> Option<&mut dyn RemoteStage> {
        Some(self)
    }
}

/// A batch of one document.
struct Alone<'a> {
    document: Document<'a>,
    changes: &'a mut Changes,
    outcome: Result<Verdict, DocumentError>,
}

impl Batch for Alone<'_> {
    fn len(&self) -> usize {
        1
    }

    fn document(&self, _: usize) -> Document<'_> {
        self.document
    }

    fn answer(
        &mut self,
        _: usize,
        outcome: Result<Verdict, DocumentError>,
        changes: &mut Changes,
        _: Duration,
    ) {
        std::mem::swap(self.changes, changes);
        self.outcome = outcome;
    }

    fn lose(&mut self, _: usize, error: DocumentError) -> ControlFlow<()> {
        self.outcome = Err(error);
        ControlFlow::Continue(())
    }
}
