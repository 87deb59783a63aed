//! How the library is loaded, and what it says that it offers.

use std::time::{Duration, Instant};

use super::{Stop, Tried, subject::candidates, threads::on_two_threads};
use crate::{
    door::abi::MAJOR,
    door::forms::ComponentKind,
    engine::{doors::library::probe::Probe, pipeline::problems, registry::is_kebab_case},
};

/// How long loading may take.
pub(super) const LOADED_IN: Duration = Duration::from_millis(100);

/// It was loaded, or this would not be called.
pub(super) fn load(probe: &Probe) -> Tried {
    let manifest = &probe.manifest;
    let components: Vec<String> = manifest
        .components
        .iter()
        .map(|form| match form.kind {
            ComponentKind::Stage => format!("stage `{}`", form.name),
            ComponentKind::Encoder => format!("encoder `{}`", form.name),
        })
        .collect();
    Ok(format!("{} {}: {}", manifest.name, manifest.version, components.join(", ")))
}

pub(super) fn load_time(probe: &Probe) -> Tried {
    let start = Instant::now();
    let again = probe.manifest();
    let took = probe.took + start.elapsed();
    match again {
        Ok(_) if took <= LOADED_IN => Ok(String::new()),
        Ok(_) => Err(Stop::Broken(format!("it took {} ms", took.as_millis()))),
        Err(refusal) => Err(Stop::Broken(refusal.to_string())),
    }
}

pub(super) fn entry(probe: &Probe) -> Tried {
    let major = u32::from(MAJOR);
    let first = probe.table(major);
    if first != probe.table(major) {
        return Err(Stop::Broken("called again, it returns another table".to_owned()));
    }
    let (one, other) = on_two_threads(|| probe.table(major));
    if (one, other) != (first, first) {
        return Err(Stop::Broken("called on another thread, it returns another table".to_owned()));
    }
    for unknown in [0, major + 1, 1 << 16 | major, u32::MAX] {
        if probe.table(unknown) != 0 {
            return Err(Stop::Broken(format!(
                "asked for version {unknown} of the interface, it does not return null"
            )));
        }
    }
    Ok(String::new())
}

pub(super) fn manifest(probe: &Probe) -> Tried {
    let manifest = &probe.manifest;
    let broken = |what: String| Err(Stop::Broken(what));
    if !is_kebab_case(&manifest.name) {
        return broken(format!("the plugin's name {:?} is not kebab-case", manifest.name));
    }
    if manifest.version.is_empty() {
        return broken("the plugin's version is empty".to_owned());
    }
    if manifest.components.is_empty() {
        return broken("it offers no component".to_owned());
    }
    for (at, candidate) in candidates(probe).enumerate() {
        let form = candidate.form;
        if !is_kebab_case(&form.name) {
            return broken(format!("the component's name {:?} is not kebab-case", form.name));
        }
        let same = |other: &&crate::door::forms::ComponentForm| {
            (other.kind, &other.name) == (form.kind, &form.name)
        };
        if manifest.components.iter().take(at).any(|other| same(&other)) {
            return Err(candidate.broken("is offered twice"));
        }
        if !probe.serves(form.kind) {
            return Err(candidate.broken(match form.kind {
                ComponentKind::Stage => "is a stage, and the table has no `process`",
                ComponentKind::Encoder => "is an encoder, and the table has no `encode`",
            }));
        }
        let bad = |ending: &&String| ending.is_empty() || ending.starts_with('.');
        if let Some(ending) = form.extensions.iter().find(bad) {
            return Err(candidate
                .broken(format_args!("names the file ending {ending:?}; leave the dot out")));
        }
        if !form.extensions.is_empty() && !candidate.writes_to_a_path() {
            return Err(candidate.broken(
                "names file endings, and its `settings-for` has no \"{path}\" for the file's path",
            ));
        }
        let wrong = problems(&candidate.settings, &form.schema, &form.name);
        if let Some(wrong) = wrong.first().filter(|_| !form.settings_for.is_null()) {
            return Err(
                candidate.broken(format_args!("has `settings-for` that it refuses: {wrong}"))
            );
        }
    }
    let again = on_two_threads(|| probe.manifest().map_err(|refusal| refusal.to_string()));
    for again in [again.0, again.1] {
        if again? != *manifest {
            return broken("asked again, it offers something else".to_owned());
        }
    }
    Ok(String::new())
}
