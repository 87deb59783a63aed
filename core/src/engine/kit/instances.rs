//! Making instances, ending them, and having several.

use std::{
    mem,
    time::{Duration, Instant},
};

use rustix::process::getpid;

use super::{
    Stop, Tried,
    answers::{compare, results, some, take},
    documents::{Words, generated},
    subject::{AnyContract, Candidate, candidates},
    threads::{THREADS, on_threads},
};
use crate::engine::doors::{
    child::resident,
    library::probe::{Probe, Reply, ShownHost, ShownTables},
};

/// How often an instance is made and ended.
const TIMES: usize = 1000;
/// How long that may go on; a component that loads much is made less often.
const LONG_ENOUGH: Duration = Duration::from_secs(10);
/// How many of them are made before memory is looked at.
const WARM: usize = 100;
/// How much resident memory may grow after that, in bytes.
const GROWTH: u64 = 4 << 20;

pub(super) fn create_destroy(probe: &Probe) -> Tried {
    let mut made = 0;
    for candidate in candidates(probe) {
        let start = Instant::now();
        made = 0;
        let mut before = None;
        while made < TIMES && start.elapsed() < LONG_ENOUGH {
            if made == WARM {
                before = resident(getpid());
            }
            mem::drop(candidate.create(ShownHost::Own)?);
            made += 1;
        }
        let grown =
            before.zip(resident(getpid())).map(|(before, after)| after.saturating_sub(before));
        if let Some(grown) = grown.filter(|grown| *grown > GROWTH) {
            return Err(candidate.broken(format_args!(
                "keeps memory of instances that are destroyed: {} KiB of {} of them",
                grown >> 10,
                made - WARM
            )));
        }
    }
    Ok(format!("{made} times"))
}

pub(super) fn no_documents(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        mem::drop(candidate.create(ShownHost::Own)?);
        // Not always where it was made, and not in that order.
        let several =
            (0..3).map(|_| candidate.create(ShownHost::Own)).collect::<Result<Vec<_>, _>>()?;
        on_threads(several, mem::drop);
        if let AnyContract::Encoder(contract) = contract {
            let mut made = candidate.create(ShownHost::Own)?;
            for output in 0..contract.outputs.len() {
                made.header(output as u32);
            }
        }
    }
    Ok(String::new())
}

/// As many instances as threads, half of them made elsewhere, come to what one comes to.
pub(super) fn on_several_threads(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let documents = some(&contract);
        let mut made = candidate.create(ShownHost::Own)?;
        let expected = results(&mut made, &contract, &documents, ShownTables::Own);
        let moved = (0..THREADS)
            .map(|at| (at % 2 == 0).then(|| candidate.create(ShownHost::Own)).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        let found = on_threads(moved.into_iter().enumerate().collect(), |(at, moved)| {
            let mut made = match moved {
                Some(made) => made,
                None => candidate.create(ShownHost::Own)?,
            };
            // Each begins at another document.
            let begin = at * documents.len() / THREADS;
            let mut turned = documents.clone();
            turned.rotate_left(begin);
            let mut found = results(&mut made, &contract, &turned, ShownTables::Own);
            found.rotate_right(begin);
            Ok::<_, Stop>(found)
        });
        for found in found {
            let how = "when several threads are at work";
            compare(&candidate, how, &documents, &expected, found?)?;
        }
    }
    Ok(format!("{THREADS} threads"))
}

/// The same under a docmill of another version.
pub(super) fn host(probe: &Probe, host: ShownHost) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let documents = some(&contract);
        let mut made = candidate.create(ShownHost::Own)?;
        let expected = results(&mut made, &contract, &documents, ShownTables::Own);
        let mut made = candidate.create(host)?;
        let found = results(&mut made, &contract, &documents, ShownTables::Own);
        let how = match host {
            ShownHost::First => "when docmill speaks version 1.0",
            _ => "when docmill is newer",
        };
        compare(&candidate, how, &documents, &expected, found)?;
    }
    Ok(String::new())
}

/// A bit of everything, for what watches the process from outside.
pub(super) fn everything(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        for _ in 0..3 {
            let mut made = candidate.create(ShownHost::Own)?;
            if let AnyContract::Encoder(contract) = &contract {
                for output in 0..contract.outputs.len() {
                    made.header(output as u32);
                }
            }
            let layers = Candidate::layers(&contract);
            let documents = generated(20, Words::Plain, &layers);
            for document in &documents {
                // What is wrong with an answer, other checks report.
                let _ = take(&mut made, &contract, document, ShownTables::Own);
            }
        }
        // Settings that it refuses take other ways.
        if let Reply::Gave(made) =
            probe.create(candidate.number, r#"{"no-such-setting":1}"#, ShownHost::Own)
        {
            mem::drop(made);
        }
        probe.contract(candidate.number, r#"{"no-such-setting":1}"#);
    }
    Ok(String::new())
}
