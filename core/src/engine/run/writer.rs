//! Appends what came out of blocks to the outputs, in order, and keeps the account.

use std::{path::Path, time::Instant};

use super::{
    DEAD_LETTERS_FILE, Destination, OutputReport, REPORT_FILE, Report, RunError, WriteError,
    ledger::Ledger,
    outputs::{Folder, Outputs},
    worker::Done,
};
use crate::engine::{Pipeline, contain::contain_build};

/// Appends outcomes to the outputs, in order, and keeps the account.
pub(super) struct Writer {
    outputs: Outputs,
    /// The files of a run to a stream: only dead letters.
    dead_letters: Option<Folder>,
    pub(super) ledger: Ledger,
    start: Instant,
}

impl Writer {
    pub(super) fn open(
        pipeline: &Pipeline,
        key: &str,
        destination: Destination,
    ) -> Result<Self, RunError> {
        let (outputs, dead_letters) = match destination {
            Destination::Folder(dir) => {
                let paths = pipeline.outputs().map(|(_, path)| path).chain([DEAD_LETTERS_FILE]);
                (Outputs::Folder(Folder::open(&dir, key, paths)?), None)
            }
            Destination::Stream { output, dead_letters: None } => (Outputs::Stream(output), None),
            Destination::Stream { output, dead_letters: Some(path) } => {
                (Outputs::Stream(output), Some(Folder::of_file(&path)?))
            }
        };
        let ledger = Ledger::new(pipeline.stages.len(), pipeline.sinks.len());
        let mut writer = Writer { outputs, dead_letters, ledger, start: Instant::now() };
        let mut header = Done::default();
        for sink in &pipeline.sinks {
            let instance = sink.instance()?;
            for at in 0..sink.contract.outputs.len() {
                let mut bytes = Vec::new();
                contain_build(|| {
                    instance.header(at, &mut bytes);
                    Ok(())
                })?;
                header.outputs.push(bytes);
            }
        }
        writer.write(&header)?;
        Ok(writer)
    }

    pub(super) fn write(&mut self, done: &Done) -> Result<(), WriteError> {
        match &mut self.outputs {
            Outputs::Folder(folder) => {
                for (at, bytes) in done.outputs.iter().enumerate() {
                    folder.write(at, bytes)?;
                }
                let last = done.outputs.len();
                folder.write(last, &done.dead_letters)?;
            }
            Outputs::Stream(output) => {
                for bytes in &done.outputs {
                    let written = output.write_all(bytes).and_then(|()| output.flush());
                    written.map_err(|error| WriteError::new(Path::new("-"), error))?;
                }
                if let Some(folder) = &mut self.dead_letters {
                    folder.write(0, &done.dead_letters)?;
                }
            }
        }
        self.ledger.add(&done.ledger);
        Ok(())
    }

    /// Checks the account and puts the outputs in place.
    pub(super) fn finish(mut self, mut report: Report) -> Result<Report, RunError> {
        report.outputs = match &self.outputs {
            Outputs::Folder(folder) => folder
                .sizes()
                .map(|(path, bytes)| OutputReport { path: path.to_owned(), bytes })
                .collect(),
            Outputs::Stream(_) => Vec::new(),
        };
        report.seconds = self.start.elapsed().as_secs_f64();
        if !self.ledger.balances() {
            return Err(RunError::Unbalanced(Box::new(report)));
        }
        match &mut self.outputs {
            Outputs::Folder(folder) => {
                folder.place(None)?;
                folder.write_beside(REPORT_FILE, &report.to_json())?;
            }
            Outputs::Stream(_) => {
                if let Some(folder) = &mut self.dead_letters {
                    folder.place(None)?;
                }
            }
        }
        Ok(report)
    }

    /// Of a run that was given up: what failed, and nothing else.
    pub(super) fn place_dead_letters(&mut self) -> Result<(), WriteError> {
        match (&mut self.outputs, &mut self.dead_letters) {
            (Outputs::Folder(folder), _) => folder.place(Some(DEAD_LETTERS_FILE)),
            (_, Some(folder)) => folder.place(None),
            _ => Ok(()),
        }
    }
}
