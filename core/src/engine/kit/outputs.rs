//! What encoders write besides documents: which files, and their heads.

use std::path::{Component, Path};

use super::{
    Stop, Tried,
    answers::{some, take},
    subject::{AnyContract, Candidate, candidates},
};
use crate::engine::doors::library::probe::{Made, Probe, Reply, ShownHost, ShownTables};

pub(super) fn outputs(probe: &Probe) -> Tried {
    let mut tried = false;
    for candidate in candidates(probe) {
        let any = candidate.contract()?;
        let AnyContract::Encoder(contract) = &any else { continue };
        tried = true;
        if contract.outputs.is_empty() {
            return Err(candidate.broken("names no output in its contract"));
        }
        let mut paths: Vec<&str> = Vec::new();
        for output in &contract.outputs {
            let path = output.path.as_str();
            let below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
            if path.is_empty() || !Path::new(path).components().all(below) {
                return Err(candidate.broken(format_args!(
                    "names the output {path:?}, which is no path below the run's folder"
                )));
            }
            if paths.contains(&path) {
                return Err(candidate.broken(format_args!("names the output {path:?} twice")));
            }
            paths.push(path);
        }
        let mut made = candidate.create(ShownHost::Own)?;
        let before = headers(&candidate, &mut made, paths.len())?;
        for document in some(&any) {
            // What is wrong with an answer, other checks report.
            let _ = take(&mut made, &any, &document, ShownTables::Own);
        }
        if headers(&candidate, &mut made, paths.len())? != before {
            return Err(candidate.broken("gives another header after documents than before them"));
        }
        let mut other = candidate.create(ShownHost::Own)?;
        if headers(&candidate, &mut other, paths.len())? != before {
            return Err(candidate.broken("gives another header from a second instance"));
        }
    }
    match tried {
        true => Ok(String::new()),
        false => Err(Stop::Untried("it has no encoder".to_owned())),
    }
}

fn headers(
    candidate: &Candidate<'_>,
    made: &mut Made,
    outputs: usize,
) -> Result<Vec<Vec<u8>>, Stop> {
    let header = |output| match made.header(output as u32) {
        Reply::Gave(bytes) => Ok(bytes),
        Reply::Dropped(..) => Err(candidate.broken("returns a verdict for a header")),
        Reply::Refused { message: what, .. } | Reply::Wrong(what) => Err(candidate.broken(what)),
    };
    (0..outputs).map(header).collect()
}
