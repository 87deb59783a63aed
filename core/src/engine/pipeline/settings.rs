//! A component's settings against the JSON Schema of its settings type.

use serde_json::Value as Json;

use super::{Findings, node::Node};

pub(super) fn check(_settings: &Node, _schema: &Json, _component: &str, _findings: &mut Findings) {}
