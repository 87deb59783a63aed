//! The checks that fuzzing runs, on their seeds: small inputs written by hand, and the smallest ones of those
//! that once broke a promise. `fuzz/README.md` says how to run the fuzz targets themselves.

use std::{
    collections::BTreeSet,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

#[path = "../../fuzz/src/lib.rs"]
#[allow(dead_code, unreachable_pub, reason = "to the fuzz targets it is a library")]
mod checks;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_check_holds_on_its_seeds() {
    let mut broken = Vec::new();
    for (name, check) in checks::CHECKS {
        let seeds = names(&folder().join("seeds").join(name));
        assert!(seeds.len() > 2, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            let bytes = fs::read(folder().join("seeds").join(name).join(&seed)).unwrap();
            if catch_unwind(|| check(&bytes)).is_err() {
                broken.push(format!("{name}/{seed}"));
            }
        }
    }
    assert!(broken.is_empty(), "the checks of {broken:?} fail; see above");
}

#[test]
fn every_check_has_a_target_and_seeds() {
    let checks: BTreeSet<String> = checks::CHECKS.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names(&folder().join("seeds")), checks);
    let targets: BTreeSet<String> = checks.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&folder().join("fuzz_targets")), targets);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &checks {
        let listed = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(manifest.contains(&listed), "fuzz/Cargo.toml does not list {name}");
        let target = fs::read_to_string(folder().join("fuzz_targets").join(format!("{name}.rs")));
        assert!(target.unwrap().contains(&format!("run(\"{name}\"")), "{name} runs another check");
    }
}
