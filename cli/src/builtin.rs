//! The plugins that docmill comes with.

use std::{env, path::PathBuf};

use docmill_core::{
    Plugin,
    engine::{Registry, WorkerCommand, chain, load},
};

use crate::failure::Failure;

/// All of them. A plugin that is not here does not exist for users.
fn plugins() -> Vec<Plugin> {
    vec![
        docmill_read::plugin(),
        docmill_clean::plugin(),
        docmill_dedupe::plugin(),
        docmill_detect_language::plugin(),
        docmill_filter::plugin(),
        docmill_segment::plugin(),
        docmill_tag_entities::plugin(),
        docmill_score_stance::plugin(),
        docmill_template::plugin(),
        docmill_export::plugin(),
        docmill_parquet::plugin(),
        docmill_sqlite::plugin(),
        docmill_template_encoder::plugin(),
    ]
}

/// The components of all of them.
pub(crate) fn registry() -> Result<Registry, Failure> {
    let registry = Registry::new(plugins());
    let registry = registry.map_err(|error| Failure::Wrong(error.to_string()))?;
    Ok(match own_program() {
        Some(program) => {
            registry.with_worker(WorkerCommand { program, args: vec!["worker".into()] })
        }
        None => registry,
    })
}

/// The same, and those of these libraries.
pub(crate) fn with_libraries(libraries: &[PathBuf]) -> Result<Registry, Failure> {
    let mut registry = registry()?;
    for path in libraries {
        let plugin = load(path, None).map_err(|refusal| Failure::Wrong(chain(&refusal)))?;
        registry = registry.with(plugin).map_err(|error| Failure::Wrong(error.to_string()))?;
    }
    Ok(registry)
}

/// This program, as it can be started again. Linux has a name for it that holds when the file is replaced or
/// removed while docmill runs.
pub(crate) fn own_program() -> Option<PathBuf> {
    if cfg!(target_os = "linux") { Some("/proc/self/exe".into()) } else { env::current_exe().ok() }
}
