//! Stages that remember earlier documents: the memory of each is shown one document at a time, in input order.
//!
//! A worker that has taken its block through such a stage waits until all blocks before it have passed the stage's
//! gate. The worker with the earliest block never waits, so that all come through.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{
    folder::{At, WriteError},
    record::{self, Record},
    stages::Fatal,
    tracks::{Track, TrackKind},
};
use crate::{
    BuildError, DocumentError, Memory, Verdict,
    engine::{Pipeline, contain::contain},
};

/// The memories of a run.
pub(super) struct Memories {
    /// One for each stage that remembers, with the stage's place.
    gates: Vec<(usize, Gate)>,
}

struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    /// The block whose turn it is.
    next: u64,
    ended: bool,
    memory: Box<dyn Memory>,
}

impl Memories {
    /// The memories of a pipeline's stages, empty.
    pub(super) fn of(pipeline: &Pipeline) -> Result<Self, BuildError> {
        let mut gates = Vec::new();
        for (at, part) in pipeline.stages.iter().enumerate() {
            let instance = part.instance()?;
            if let Some(memory) = instance.memory() {
                let state = State { next: 0, ended: false, memory };
                gates.push((at, Gate { state: Mutex::new(state), moved: Condvar::new() }));
            }
            part.give_back(instance);
        }
        Ok(Memories { gates })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gates.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.gates.len()
    }

    /// The places of the stages that remember.
    pub(super) fn stages(&self) -> Vec<usize> {
        self.gates.iter().map(|(stage, _)| *stage).collect()
    }

    /// The place among the memories of this stage's.
    pub(super) fn place(&self, stage: usize) -> Option<usize> {
        self.gates.iter().position(|(at, _)| *at == stage)
    }

    /// Shows the memories what was noted in shards that are done.
    pub(super) fn replay(
        &self,
        work: &Path,
        tracks: &[Track],
        done: &[Record],
    ) -> Result<(), WriteError> {
        for (at, track) in tracks.iter().enumerate() {
            let TrackKind::Notes { stage } = track.kind else { continue };
            let Some((_, gate)) = self.gates.iter().find(|(other, _)| *other == stage) else {
                continue;
            };
            let Some(last) = done.last() else { continue };
            let path = record::growing(work, &last.stem, at);
            let notes = || File::open(&path).map(|file| file.take(last.parts[at].end()));
            let mut state = gate.lock();
            notes()
                .and_then(|notes| {
                    each_note(BufReader::new(notes), |id, note| {
                        // What it said of the document then, it says again.
                        let _ = contain(|| state.memory.recall(id, note));
                    })
                })
                .at(&path)?;
        }
        Ok(())
    }

    /// Waits for the turn of this block at the gate of a memory; `None` where the run ends before.
    pub(super) fn enter(&self, place: usize, number: u64) -> Option<Turn<'_>> {
        let (_, gate) = self.gates.get(place)?;
        let mut state = gate.lock();
        while state.next != number && !state.ended {
            state = gate.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (!state.ended).then_some(Turn { state, moved: &gate.moved })
    }

    /// Lets nobody wait any longer.
    pub(super) fn end(&self) {
        for (_, gate) in &self.gates {
            gate.lock().ended = true;
            gate.moved.notify_all();
        }
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A block's turn at a gate: over when it goes.
pub(super) struct Turn<'m> {
    state: MutexGuard<'m, State>,
    moved: &'m Condvar,
}

impl Turn<'_> {
    /// Shows the memory a document and appends what was shown to `notes`.
    pub(super) fn recall(
        &mut self,
        stage: &str,
        id: &str,
        note: &[u8],
        notes: &mut Vec<u8>,
    ) -> Result<Result<Verdict, DocumentError>, Fatal> {
        let verdict = contain(|| self.state.memory.recall(id, note));
        // What it has in mind after a panic, nobody knows.
        let verdict = verdict.map_err(|panic| Fatal::Memory { stage: stage.to_owned(), panic })?;
        if verdict.is_ok() {
            for bytes in [id.as_bytes(), note] {
                notes.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
                notes.extend_from_slice(bytes);
            }
        }
        Ok(verdict)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.state.next += 1;
        self.moved.notify_all();
    }
}

/// Goes through what [`Turn::recall`] wrote.
fn each_note(mut from: impl Read, mut each: impl FnMut(&str, &[u8])) -> io::Result<()> {
    let (mut id, mut note) = (Vec::new(), Vec::new());
    loop {
        let mut len = [0; 8];
        if from.read(&mut len[..1])? == 0 {
            return Ok(());
        }
        from.read_exact(&mut len[1..])?;
        take(&mut from, u64::from_le_bytes(len), &mut id)?;
        from.read_exact(&mut len)?;
        take(&mut from, u64::from_le_bytes(len), &mut note)?;
        each(&String::from_utf8_lossy(&id), &note);
    }
}

fn take(from: &mut impl Read, len: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.clear();
    match from.take(len).read_to_end(bytes)? as u64 == len {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_as_they_were_shown() {
        struct Keeps;
        impl Memory for Keeps {
            fn recall(&mut self, _: &str, _: &[u8]) -> Result<Verdict, DocumentError> {
                Ok(Verdict::Keep)
            }
        }
        let state = State { next: 0, ended: false, memory: Box::new(Keeps) };
        let gate = Gate { state: Mutex::new(state), moved: Condvar::new() };
        let memories = Memories { gates: vec![(3, gate)] };
        let mut notes = Vec::new();
        for number in 0..2 {
            let mut turn = memories.enter(0, number).unwrap();
            for (id, note) in [("a", &b"x"[..]), ("", b"")] {
                assert!(turn.recall("s", id, note, &mut notes).is_ok());
            }
        }
        let mut seen = Vec::new();
        each_note(&notes[..], |id, note| seen.push((id.to_owned(), note.to_vec()))).unwrap();
        assert_eq!(seen.len(), 4);
        assert_eq!(seen[2..], [("a".to_owned(), b"x".to_vec()), (String::new(), Vec::new())]);
        assert!(each_note(&notes[..notes.len() - 1], |_, _| ()).is_err());
        memories.end();
        assert!(memories.enter(0, 7).is_none());
    }
}
