//! The built-in stages as a library, which the tests of the doors load: what goes through a door must come out as
//! it does without one.

use docmill_core::Plugin;

/// The stages of four plugins, as one.
pub fn plugin() -> Plugin {
    Plugin::new("docmill-stages", env!("CARGO_PKG_VERSION"))
        .stage::<docmill_clean::Clean>()
        .stage::<docmill_segment::Segment>()
        .stage::<docmill_tag_entities::TagEntities>()
        .stage::<docmill_score_stance::ScoreStance>()
        .stage::<docmill_template::Template>()
}

docmill_core::export!(plugin);
