//! The library under check: its components, each with settings that it can be made with.

use serde_json::Value as Json;

use crate::{
    Contract, SinkContract,
    door::forms::{
        ComponentForm, ComponentKind, ContractForm, EncoderContractForm, PATH, with_path,
    },
    engine::{
        doors::library::probe::{Made, Probe, Reply, ShownHost},
        pipeline::fewest,
    },
};

/// How a check ended before it could say that all is well.
#[derive(Debug)]
pub(super) enum Stop {
    /// A promise is broken: what is wrong.
    Broken(String),
    /// It could not be tried, and why.
    Untried(String),
}

impl From<String> for Stop {
    fn from(what: String) -> Self {
        Stop::Broken(what)
    }
}

/// A component of the library.
#[derive(Clone)]
pub(super) struct Candidate<'p> {
    pub(super) probe: &'p Probe,
    /// Its place in the manifest.
    pub(super) number: u32,
    pub(super) form: &'p ComponentForm,
    /// As few settings as it can do with, by its schema.
    pub(super) settings: Json,
}

/// The contract of a component.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AnyContract {
    Stage(Contract),
    Encoder(SinkContract),
}

/// All components.
pub(super) fn candidates(probe: &Probe) -> impl Iterator<Item = Candidate<'_>> {
    (0_u32..).zip(&probe.manifest.components).map(|(number, form)| {
        let mut settings = fewest(&form.schema);
        // An encoder says itself what makes it write somewhere.
        if let (Json::Object(settings), Json::Object(of_path)) =
            (&mut settings, with_path(&form.settings_for, "kit.out"))
        {
            settings.extend(of_path);
        }
        Candidate { probe, number, form, settings }
    })
}

impl Candidate<'_> {
    /// What is wrong with it, with its name before.
    pub(super) fn broken(&self, what: impl std::fmt::Display) -> Stop {
        Stop::Broken(self.named(what))
    }

    pub(super) fn named(&self, what: impl std::fmt::Display) -> String {
        format!("`{}`: {what}", self.form.name)
    }

    /// Its contract under its settings.
    pub(super) fn contract(&self) -> Result<AnyContract, Stop> {
        self.contract_with(&self.settings).map_err(Stop::Broken)
    }

    /// The same; what is wrong comes back with the component's name before.
    pub(super) fn contract_with(&self, settings: &Json) -> Result<AnyContract, String> {
        let json = match self.probe.contract(self.number, &settings.to_string()) {
            Reply::Gave(json) => json,
            Reply::Dropped(..) => return Err(self.named("returns a verdict for a contract")),
            Reply::Refused { message, .. } => {
                return Err(self.named(format_args!("gives no contract for {settings}: {message}")));
            }
            Reply::Wrong(what) => {
                return Err(
                    self.named(format_args!("{what}, asked for its contract for {settings}"))
                );
            }
        };
        let read = match self.form.kind {
            ComponentKind::Stage => serde_json::from_str(&json)
                .map(|form: ContractForm| AnyContract::Stage(Contract::from(form))),
            ComponentKind::Encoder => serde_json::from_str(&json)
                .map(|form: EncoderContractForm| AnyContract::Encoder(SinkContract::from(form))),
        };
        read.map_err(|error| {
            self.named(format_args!("gives a contract that cannot be read: {error}"))
        })
    }

    /// An instance under its settings.
    pub(super) fn create(&self, host: ShownHost) -> Result<Made, Stop> {
        self.create_with(&self.settings, host).map_err(Stop::Broken)
    }

    pub(super) fn create_with(&self, settings: &Json, host: ShownHost) -> Result<Made, String> {
        match self.probe.create(self.number, &settings.to_string(), host) {
            Reply::Gave(made) => Ok(made),
            Reply::Dropped(..) => Err(self.named("returns a verdict for an instance")),
            Reply::Refused { message, .. } => {
                Err(self.named(format_args!("cannot be created with {settings}: {message}")))
            }
            Reply::Wrong(what) => Err(self.named(format_args!("{what}, created with {settings}"))),
        }
    }

    /// The layers that a document must have for it, and those that it reads where there are some.
    pub(super) fn layers(contract: &AnyContract) -> Vec<String> {
        match contract {
            AnyContract::Stage(contract) => [&contract.needs[..], &contract.uses[..]].concat(),
            AnyContract::Encoder(contract) => {
                let mut layers = contract.needs.clone();
                // An encoder writes what it finds.
                for layer in ["entities", "a-layer"] {
                    if !layers.iter().any(|needed| needed == layer) {
                        layers.push(layer.to_owned());
                    }
                }
                layers
            }
        }
    }

    pub(super) fn writes_to_a_path(&self) -> bool {
        self.form.settings_for.to_string().contains(PATH)
    }
}
