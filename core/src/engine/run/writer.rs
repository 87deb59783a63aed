//! Appends what came out of blocks to the outputs, in order, and keeps the account.

use std::{io::Write, path::Path, sync::Mutex};

use super::{
    WriteError,
    commit::{Commits, Committer, ToDisk},
    done::Done,
    folder::OneFile,
    ledger::Ledger,
    mutex::lock,
    parts::{Finished, Parts},
    record::{FailedAt, Record},
    watch::Watch,
};

/// Where the bytes of a run go.
pub(super) enum Outputs<'a> {
    /// To the parts of shards.
    Parts(Box<Parts>, Sent<'a>),
    /// The one output of the one sink to a stream, dead letters to a file if one is named.
    Stream(Box<dyn Write + Send>, &'a Mutex<Option<OneFile>>),
}

/// Where finished shards are sent.
pub(super) struct Sent<'a> {
    /// To the threads that commit them; `None` where the system gave none.
    pub(super) commits: Option<Commits>,
    /// Commits them here where there is no such thread.
    pub(super) committer: &'a Mutex<Committer>,
    pub(super) records: &'a Mutex<Vec<Record>>,
    pub(super) watch: &'a Watch<'a>,
}

/// Appends outcomes to the outputs, in order, and keeps the account.
pub(super) struct Writer<'a> {
    pub(super) outputs: Outputs<'a>,
    /// The account of all documents so far.
    pub(super) ledger: Ledger,
    /// Of the shard at hand.
    shard: Shard,
}

#[derive(Default)]
struct Shard {
    /// Which it is, once something of it was written.
    number: Option<usize>,
    ledger: Ledger,
    failures: Vec<FailedAt>,
    /// The input at hand, and how many documents came from it.
    input: Option<(String, u64)>,
}

/// What is wrong with the committing of shards, its thread says itself.
pub(super) enum Unwritten {
    Failed(WriteError),
    /// Shards are not taken any more.
    Refused,
}

impl From<WriteError> for Unwritten {
    fn from(error: WriteError) -> Self {
        Unwritten::Failed(error)
    }
}

impl<'a> Writer<'a> {
    /// `ledger` accounts for the shards that are done.
    pub(super) fn new(outputs: Outputs<'a>, ledger: Ledger) -> Self {
        let shard = Shard { ledger: ledger.empty(), ..Shard::default() };
        Writer { outputs, ledger, shard }
    }

    pub(super) fn write(&mut self, done: &mut Done) -> Result<(), Unwritten> {
        match &mut self.outputs {
            Outputs::Parts(parts, sent) => {
                self.shard.number = Some(done.shard);
                self.shard.note(done, parts);
                for (track, bytes) in done.bytes() {
                    parts.write(done.shard, track, bytes)?;
                }
                self.shard.ledger.add(&done.ledger);
                if done.ends {
                    sent.send(self.shard.end(done.shard, parts)?)?;
                } else if let Some((path, file)) = parts.grown() {
                    sent.grown(ToDisk::Growing(path, file));
                }
            }
            Outputs::Stream(output, dead_letters) => {
                for bytes in &done.outputs {
                    let written = output.write_all(bytes).and_then(|()| output.flush());
                    written.map_err(|error| WriteError::new(Path::new("-"), error))?;
                }
                if let Some(file) = lock(dead_letters).as_mut() {
                    file.write(&done.dead_letters)?;
                }
            }
        }
        self.ledger.add(&done.ledger);
        Ok(())
    }

    /// Ends the shard at hand, if there is one, before its input does.
    pub(super) fn end_early(&mut self) -> Result<(), Unwritten> {
        let Some(shard) = self.shard.number else { return Ok(()) };
        let Outputs::Parts(parts, sent) = &mut self.outputs else { return Ok(()) };
        sent.send(self.shard.end(shard, parts)?)
    }
}

impl Sent<'_> {
    /// Has it put on the disk, unless there is enough to do for that already.
    fn grown(&self, growing: ToDisk) {
        if let Some(commits) = &self.commits {
            let _ = commits.try_send(growing);
        }
    }

    fn send(&self, finished: Finished) -> Result<(), Unwritten> {
        match &self.commits {
            Some(commits) => {
                commits.send(ToDisk::Shard(Box::new(finished))).map_err(|_| Unwritten::Refused)
            }
            None => {
                let committer = lock(self.committer);
                Ok(committer.commit(finished, None, self.records, self.watch)?)
            }
        }
    }
}

impl Shard {
    /// Takes note of the documents of a block that failed, and of its inputs.
    fn note(&mut self, done: &mut Done, parts: &Parts) {
        let lens: Vec<u64> = parts.lens().collect();
        let first = done.inputs.first().map(|(input, _)| input.clone());
        let goes_on =
            first.is_some() && first == self.input.as_ref().map(|(input, _)| input.clone());
        if first.is_some() && !goes_on {
            self.end_input();
        }
        let before = match (&self.input, goes_on) {
            (Some((_, count)), true) => *count,
            _ => 0,
        };
        let mut failures = std::mem::take(&mut done.failures).into_iter().peekable();
        for (place, (input, count)) in std::mem::take(&mut done.inputs).into_iter().enumerate() {
            let before = if place == 0 { before } else { 0 };
            if place > 0 {
                self.end_input();
            }
            while let Some(mut failed) = failures.next_if(|failed| failed.input == input) {
                failed.number = failed.number.map(|number| number + before);
                failed.at.iter_mut().zip(&lens).for_each(|(at, len)| *at += len);
                self.failures.push(failed);
            }
            self.input = Some((input, before + count));
        }
        // Those of no document that was counted: what a panic of the source cost.
        for mut failed in failures {
            failed.number = None;
            failed.at.iter_mut().zip(&lens).for_each(|(at, len)| *at += len);
            self.failures.push(failed);
        }
    }

    /// Says of the documents that failed how many their input has.
    fn end_input(&mut self) {
        let Some((input, count)) = self.input.take() else { return };
        let of_it = self.failures.iter_mut().rev().take_while(|failed| failed.input == input);
        of_it.for_each(|failed| failed.of = count);
    }

    fn end(&mut self, shard: usize, parts: &mut Parts) -> Result<Finished, WriteError> {
        self.end_input();
        self.number = None;
        let empty = self.ledger.empty();
        let ledger = std::mem::replace(&mut self.ledger, empty);
        parts.finish(shard, ledger, std::mem::take(&mut self.failures))
    }
}
