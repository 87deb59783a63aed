//! The plugins that docmill comes with.

use docmill_core::{Plugin, engine::Registry};

use crate::failure::Failure;

/// All of them. A plugin that is not here does not exist for users.
fn plugins() -> Vec<Plugin> {
    vec![
        docmill_read::plugin(),
        docmill_clean::plugin(),
        docmill_segment::plugin(),
        docmill_tag_entities::plugin(),
        docmill_score_stance::plugin(),
        docmill_template::plugin(),
        docmill_export::plugin(),
        docmill_template_encoder::plugin(),
    ]
}

/// The components of all of them.
pub(crate) fn registry() -> Result<Registry, Failure> {
    Registry::new(plugins()).map_err(|error| Failure::Wrong(error.to_string()))
}
