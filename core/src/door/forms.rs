//! What a component says of itself in JSON: the manifest of a library, and contracts.
//!
//! The same contract form serves libraries, worker processes and programs.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Contract, Plugin, SinkContract, contract::Written, sink::Output};

/// What a library offers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Manifest {
    /// The plugin's name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its components; their places in this list are their numbers.
    pub(crate) components: Vec<ComponentForm>,
    /// Decodings that its stages name and its table's `decode` knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) decodings: Vec<String>,
}

/// A component in a manifest.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ComponentForm {
    pub(crate) kind: ComponentKind,
    /// Its name in pipeline files.
    pub(crate) name: String,
    /// The JSON Schema of its settings.
    pub(crate) schema: Json,
    /// Of an encoder: file name endings, without the dot, that `--output` gives to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) extensions: Vec<String>,
    /// Of an encoder with extensions: the settings that make it write to a file; the string `{path}` in them
    /// stands for the file's path.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub(crate) settings_for: Json,
}

/// What a component of a library can be.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ComponentKind {
    Stage,
    Encoder,
}

/// What stands for the path in `settings-for`.
pub(crate) const PATH: &str = "{path}";

/// What a plugin offers: stages first, then encoders.
pub(crate) fn manifest(plugin: &Plugin) -> Manifest {
    let stages = plugin.stages.iter().map(|stage| ComponentForm {
        kind: ComponentKind::Stage,
        name: stage.name.to_owned(),
        schema: stage.schema.clone(),
        extensions: Vec::new(),
        settings_for: Json::Null,
    });
    let encoders = plugin.sinks.iter().map(|sink| ComponentForm {
        kind: ComponentKind::Encoder,
        name: sink.name.to_owned(),
        schema: sink.schema.clone(),
        extensions: sink.extensions.iter().map(|&ending| ending.to_owned()).collect(),
        settings_for: (sink.settings_for)(PATH),
    });
    Manifest {
        name: plugin.name.to_owned(),
        version: plugin.version.to_owned(),
        components: stages.chain(encoders).collect(),
        decodings: plugin.decodings.iter().map(|decoding| decoding.name.to_owned()).collect(),
    }
}

/// The settings that make an encoder write to this file.
pub(crate) fn with_path(template: &Json, path: &str) -> Json {
    match template {
        Json::String(text) if text == PATH => path.into(),
        Json::Array(values) => values.iter().map(|value| with_path(value, path)).collect(),
        Json::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), with_path(value, path))).collect()
        }
        plain => plain.clone(),
    }
}

/// A stage's contract.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct ContractForm {
    /// Layers that it needs.
    needs: Vec<String>,
    /// Layers that it reads where there are some.
    uses: Vec<String>,
    /// Layers that it writes, in the order in which a document gets them.
    writes: Vec<String>,
    /// Those of them that it adds to; one that `writes` does not name counts as written too.
    extends: Vec<String>,
    /// Those of them that sinks leave out unless told to write them.
    transient: Vec<String>,
    /// Metadata keys that it sets.
    sets: Vec<String>,
    /// Whether it edits the text.
    edits_text: bool,
}

impl ContractForm {
    /// Whether a layer or key in it has no name.
    #[cfg(feature = "engine")]
    pub(crate) fn has_empty_names(&self) -> bool {
        let ContractForm { needs, uses, writes, extends, transient, sets, edits_text: _ } = self;
        let names = [needs, uses, writes, extends, transient, sets];
        names.into_iter().flatten().any(String::is_empty)
    }
}

impl From<&Contract> for ContractForm {
    fn from(contract: &Contract) -> Self {
        let written = |wanted: fn(&Written) -> bool| {
            let wanted = contract.writes.iter().filter(|written| wanted(written));
            wanted.map(|written| written.layer.clone()).collect()
        };
        ContractForm {
            needs: contract.needs.clone(),
            uses: contract.uses.clone(),
            writes: written(|_| true),
            extends: written(|written| written.extends),
            transient: written(|written| written.transient),
            sets: contract.metadata.clone(),
            edits_text: contract.edits,
        }
    }
}

impl From<ContractForm> for Contract {
    fn from(form: ContractForm) -> Self {
        let ContractForm { needs, uses, mut writes, extends, transient, sets, edits_text } = form;
        for also in extends.iter().chain(&transient) {
            if !writes.contains(also) {
                writes.push(also.clone());
            }
        }
        let written = |layer: String| Written {
            extends: extends.contains(&layer),
            transient: transient.contains(&layer),
            layer,
        };
        let writes = writes.into_iter().map(written).collect();
        Contract { needs, uses, writes, metadata: sets, edits: edits_text }
    }
}

/// An encoder's contract.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct EncoderContractForm {
    /// Layers that it needs.
    needs: Vec<String>,
    /// The files that it writes.
    outputs: Vec<OutputForm>,
}

#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OutputForm {
    /// Below the run's folder.
    path: String,
    /// The setting that named it, as a JSON pointer.
    #[serde(default)]
    setting: String,
}

impl From<&SinkContract> for EncoderContractForm {
    fn from(contract: &SinkContract) -> Self {
        let form = |Output { path, setting, .. }: &Output| OutputForm {
            path: path.clone(),
            setting: setting.clone(),
        };
        EncoderContractForm {
            needs: contract.needs.clone(),
            outputs: contract.outputs.iter().map(form).collect(),
        }
    }
}

impl From<EncoderContractForm> for SinkContract {
    fn from(form: EncoderContractForm) -> Self {
        let output = |OutputForm { path, setting }| Output { path, setting, merged: false };
        let outputs = form.outputs.into_iter().map(output).collect();
        SinkContract { outputs, provenance: None, needs: form.needs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_comes_back() {
        let contract = Contract::new()
            .needs("entities")
            .uses("quotes")
            .writes("b")
            .writes_transient("a")
            .extends("c")
            .sets("title")
            .edits_text();
        let json = serde_json::to_string(&ContractForm::from(&contract)).unwrap();
        let form: ContractForm = serde_json::from_str(&json).unwrap();
        assert_eq!(Contract::from(form), contract);
        let short: ContractForm = serde_json::from_str(r#"{"extends": ["c"]}"#).unwrap();
        assert_eq!(Contract::from(short), Contract::new().extends("c"));
    }
}
