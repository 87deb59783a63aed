//! Output paths: inside the run's folder, apart from each other, and never over an input.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{Findings, Place, RunSettings, components::Draft};
use crate::{
    Shard, SinkContract,
    engine::{
        Code,
        run::{DEAD_LETTERS_FILE, REPORT_FILE, WORK_FOLDER},
    },
    plugin::AnySink,
};

/// A file that must not be written to.
struct Kept<'p> {
    path: &'p Path,
    bytes: Option<u64>,
    is: &'static str,
}

/// An output whose path is fine so far.
struct Checked<'s> {
    path: &'s str,
    parts: Vec<String>,
    place: &'s Place,
    sink: &'s str,
}

/// Checks the outputs of all sinks, and the files that the run itself writes.
pub(super) fn check(
    sinks: &[Draft<SinkContract, dyn AnySink>],
    run: &RunSettings,
    run_place: &Place,
    shards: &[Shard],
    pipeline: Option<&Path>,
    findings: &mut Findings,
) {
    let Some(dir) = run.dir.as_deref() else { return };
    if !check_dir(dir, run_place, findings) {
        return;
    }
    let inputs = shards.iter().flat_map(|shard| &shard.inputs).map(|input| Kept {
        path: Path::new(input.uri.as_str()),
        bytes: input.bytes.filter(|_| input.range.is_none()),
        is: "input",
    });
    let pipeline = pipeline.map(|path| Kept { path, bytes: None, is: "pipeline file" });
    let kept: Vec<Kept<'_>> = inputs.chain(pipeline).filter(|k| k.path != Path::new("-")).collect();

    let mut checked: Vec<Checked<'_>> = Vec::new();
    for sink in sinks {
        for output in sink.contract.iter().flat_map(|contract| &contract.outputs) {
            let setting = sink.settings.at(&output.setting);
            // Of a sink that is wrong, only the paths that it names itself are known.
            if sink.part.is_none() && setting.text() != Some(output.path.as_str()) {
                continue;
            }
            let place = &setting.place;
            let Some(parts) = parts(&output.path, place, findings) else { continue };
            let new = Checked { path: &output.path, parts, place, sink: sink.said() };
            if reserved(&new, findings) || collides(&new, &checked, findings) {
                continue;
            }
            overwrites(&dir.join(new.path), new.place, &kept, findings);
            checked.push(new);
        }
    }
    for own in [REPORT_FILE, DEAD_LETTERS_FILE] {
        overwrites(&dir.join(own), run_place, &kept, findings);
    }
    let work = fs::canonicalize(dir.join(WORK_FOLDER)).ok();
    let inside = |kept: &&Kept<'_>| {
        let work = work.as_deref();
        work.is_some_and(|work| {
            fs::canonicalize(kept.path).is_ok_and(|path| path.starts_with(work))
        })
    };
    // Only a path that goes through the folder, or a link, can end in it.
    if let Some(kept) = kept.iter().find(inside) {
        let (is, path) = (kept.is, kept.path.display());
        findings
            .at(Code::OutputOverwrites, run_place, format!("the {is} `{path}` lies in the run's own `{WORK_FOLDER}` folder, which the run removes"))
            .help("choose another folder for the run: [run] dir = \"…\"");
    }
}

/// Whether the run's folder is one, or can be made.
fn check_dir(dir: &Path, place: &Place, findings: &mut Findings) -> bool {
    let file = dir.ancestors().find(|path| !path.as_os_str().is_empty() && path.exists());
    let Some(file) = file.filter(|path| !path.is_dir()) else { return true };
    let message =
        format!("the run's folder cannot be `{}`: `{}` is a file", dir.display(), file.display());
    findings.at(Code::BadRunDir, place, message).help("choose another folder: [run] dir = \"…\"");
    false
}

/// The parts of a path below the run's folder; `None` where it does not lie there.
fn parts(path: &str, place: &Place, findings: &mut Findings) -> Option<Vec<String>> {
    let outside = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
    let file = Path::new(path);
    if path == "-" {
        findings
            .at(Code::OutputOutside, place, "standard output cannot stand in a pipeline file")
            .help("write a file name here, and run it with `--output -`");
    } else if file.is_absolute() {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("…");
        findings
            .at(Code::OutputOutside, place, format!("the output `{path}` is an absolute path"))
            .label("not below the run's folder")
            .help(format!("write \"{name}\"; [run] dir says where the run's folder is"));
    } else if file.components().any(outside) {
        findings
            .at(Code::OutputOutside, place, format!("the output `{path}` leaves the run's folder"))
            .label("not below the run's folder")
            .help("leave out `..`; [run] dir says where the run's folder is");
    } else if path.ends_with('/') || file.file_name().is_none() || path.contains('\0') {
        findings
            .at(Code::BadValue, place, format!("the output `{path}` is not the name of a file"))
            .help("write a file name, such as \"documents.jsonl\"");
    } else {
        let normal = file.components().filter(|part| *part != Component::CurDir);
        return Some(normal.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect());
    }
    None
}

/// Two names that differ in case alone are one file on some systems.
fn in_lower_case(parts: &[String]) -> Vec<String> {
    parts.iter().map(|part| part.to_lowercase()).collect()
}

fn reserved(new: &Checked<'_>, findings: &mut Findings) -> bool {
    let own = |name: &&str| new.parts.first().is_some_and(|first| first.to_lowercase() == *name);
    let Some(name) = [REPORT_FILE, DEAD_LETTERS_FILE, WORK_FOLDER].into_iter().find(own) else {
        return false;
    };
    findings
        .at(Code::OutputReserved, new.place, format!("docmill itself writes `{name}` there"))
        .help("give this output another name");
    true
}

fn collides(new: &Checked<'_>, checked: &[Checked<'_>], findings: &mut Findings) -> bool {
    let lower = in_lower_case(&new.parts);
    let same = |old: &&Checked<'_>| {
        let old = in_lower_case(&old.parts);
        old.starts_with(&lower) || lower.starts_with(&old)
    };
    let Some(old) = checked.iter().find(same) else { return false };
    let message = if old.parts.len() != new.parts.len() {
        format!("`{}` and `{}` cannot both be files: one lies in the other", old.path, new.path)
    } else if old.parts == new.parts {
        format!("`{}` is written twice, by `{}` and by `{}`", new.path, old.sink, new.sink)
    } else {
        format!("`{}` and `{}` are one file where case does not count", old.path, new.path)
    };
    findings
        .at(Code::OutputsCollide, new.place, message)
        .note(old.place, "the first")
        .help("give one of them another name");
    true
}

/// Reports an output that is there already and is an input, the pipeline file, or a folder.
fn overwrites(target: &Path, place: &Place, kept: &[Kept<'_>], findings: &mut Findings) {
    let Ok(metadata) = fs::metadata(target) else { return };
    if metadata.is_dir() {
        findings
            .at(Code::BadValue, place, format!("the output `{}` is a folder", target.display()))
            .help("give it another name, or move the folder away");
        return;
    }
    let Ok(real) = fs::canonicalize(target) else { return };
    let same = |kept: &&Kept<'_>| {
        // Sizes are known without asking the file system again, and mostly differ.
        kept.bytes.is_none_or(|bytes| bytes == metadata.len())
            && is_at(kept.path, &real).unwrap_or(false)
    };
    if let Some(kept) = kept.iter().find(same) {
        let (is, path) = (kept.is, target.display());
        findings
            .at(
                Code::OutputOverwrites,
                place,
                format!("the output `{path}` would overwrite the {is}"),
            )
            .help("choose another name, or another folder: [run] dir = \"…\"");
    }
}

fn is_at(path: &Path, real: &PathBuf) -> io::Result<bool> {
    Ok(fs::canonicalize(path)? == *real)
}
