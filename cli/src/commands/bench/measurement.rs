//! What a benchmark measured: what `--json` and `--save` write, and `--baseline` reads.

use docmill_core::engine::{Pipeline, Report};
use serde::{Deserialize, Serialize};

use super::machine::Machine;

/// The version of the format. One that is not known is refused.
pub(super) const FORMAT: u32 = 1;

/// A pipeline, measured by several processes one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Measurement {
    /// The version of the format.
    #[serde(rename = "docmill-bench")]
    pub(super) format: u32,
    /// What was measured, and on what.
    #[serde(flatten)]
    pub(super) subject: Subject,
    /// One a process.
    pub(super) repeats: Vec<Repeat>,
}

/// What was measured, and on what: the same in all repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Subject {
    /// The version of docmill.
    pub(super) docmill: String,
    /// Whether docmill was built with debug assertions, which make times mean little.
    pub(super) debug: bool,
    pub(super) machine: Machine,
    pub(super) pipeline: String,
    pub(super) pipeline_digest: String,
    pub(super) plugins: Vec<PluginVersion>,
    pub(super) threads: usize,
    /// Passes over the inputs in each repeat before those that count.
    pub(super) warm_up: usize,
    /// Passes that count, in each repeat.
    pub(super) passes: usize,
    /// Documents in a pass.
    pub(super) documents: u64,
    pub(super) written: u64,
    pub(super) dropped: u64,
    pub(super) failed: u64,
    /// Bytes read in a pass, after decompression.
    pub(super) bytes: u64,
    /// The source, the stages in order, the sinks.
    pub(super) components: Vec<ComponentName>,
}

/// A plugin, as it took part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PluginVersion {
    pub(super) name: String,
    pub(super) version: String,
    /// Of the library's bytes; left out of one that is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
}

/// A component, as the pipeline names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ComponentName {
    pub(super) kind: String,
    pub(super) name: String,
    #[serde(rename = "use")]
    pub(super) component: String,
}

/// What one process measured. Times are of processors, in seconds, of one pass over the inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Repeat {
    /// How long a fixed piece of work took, which tells how fast the machine was.
    pub(super) calibration: f64,
    /// All components.
    pub(super) total: Cost,
    /// In the order of the subject's.
    pub(super) components: Vec<Cost>,
    /// Time on the clock: the median of the passes.
    pub(super) wall: f64,
    /// The most memory that the process used, in bytes; known on Linux only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) peak_memory: Option<u64>,
    pub(super) allocations: Allocations,
}

/// What the documents of a pass cost. The time of a document is the least of all passes: it is what the work takes,
/// where the others are that and what came between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Cost {
    /// Documents that came in.
    pub(super) documents: u64,
    /// All of them together.
    pub(super) seconds: f64,
    /// Half of them took no longer.
    pub(super) p50: f64,
    /// All but one in a hundred took no longer.
    pub(super) p99: f64,
}

/// What a pass asked of the allocator, without what libraries that are loaded ask of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Allocations {
    pub(super) count: u64,
    pub(super) bytes: u64,
}

impl Subject {
    pub(super) fn of(pipeline: &Pipeline, report: &Report, warm_up: usize, passes: usize) -> Self {
        let plugins = report.plugins.iter().map(|plugin| PluginVersion {
            name: plugin.name.clone(),
            version: plugin.version.clone(),
            digest: plugin.digest.clone(),
        });
        let components = pipeline.components().map(|part| ComponentName {
            kind: part.kind.name().to_owned(),
            name: part.name.to_owned(),
            component: part.component.to_owned(),
        });
        Subject {
            docmill: report.docmill.clone(),
            debug: cfg!(debug_assertions),
            machine: Machine::here(),
            pipeline: report.pipeline.clone(),
            pipeline_digest: report.pipeline_digest.clone(),
            plugins: plugins.collect(),
            threads: report.threads,
            warm_up,
            passes,
            documents: report.documents.read,
            written: report.documents.written,
            dropped: report.documents.dropped,
            failed: report.documents.failed,
            bytes: report.bytes,
            components: components.collect(),
        }
    }
}

impl Measurement {
    /// Reads one; says what is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            #[serde(rename = "docmill-bench")]
            format: Option<u32>,
        }
        let head: Head = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        match head.format {
            Some(FORMAT) => {}
            Some(other) => {
                return Err(format!("its format is {other}, and this docmill knows {FORMAT}"));
            }
            None => return Err("it is not what `docmill bench --save` writes".into()),
        }
        let read: Measurement = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let whole = |repeat: &Repeat| repeat.components.len() == read.subject.components.len();
        if read.repeats.is_empty() || !read.repeats.iter().all(whole) {
            return Err("it is not whole".into());
        }
        Ok(read)
    }

    /// As it is written.
    pub(super) fn to_json(&self) -> Vec<u8> {
        // Nothing in it can fail to be written: no maps, no foreign types.
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    /// One number of each repeat.
    pub(super) fn each(&self, number: impl Fn(&Repeat) -> f64) -> Vec<f64> {
        self.repeats.iter().map(number).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A source and a stage; the stage takes these times, one a repeat.
    pub(in crate::commands::bench) fn measured(stage: &[f64]) -> Measurement {
        let name = |kind: &str, name: &str| ComponentName {
            kind: kind.into(),
            name: name.into(),
            component: name.into(),
        };
        let cost =
            |seconds: f64| Cost { documents: 10, seconds, p50: seconds / 10.0, p99: seconds / 5.0 };
        let repeat = |seconds: &f64| Repeat {
            calibration: 1e-3,
            total: cost(0.01 + seconds),
            components: vec![cost(0.01), cost(*seconds)],
            wall: 1.0,
            peak_memory: Some(5_000_000),
            allocations: Allocations { count: 100, bytes: 20_000 },
        };
        Measurement {
            format: FORMAT,
            subject: Subject {
                docmill: "0.1.0".into(),
                debug: false,
                machine: Machine {
                    cpu: "Example 9".into(),
                    processors: 2,
                    system: "linux 6".into(),
                },
                pipeline: "a < b".into(),
                pipeline_digest: "sha256:0123456789abcdef".into(),
                plugins: Vec::new(),
                threads: 1,
                warm_up: 1,
                passes: 3,
                documents: 10,
                written: 10,
                dropped: 0,
                failed: 0,
                bytes: 1_000_000,
                components: vec![name("source", "files"), name("stage", "clean")],
            },
            repeats: stage.iter().map(repeat).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let measured = measured(&[0.25, 0.5]);
        let read = Measurement::read(&measured.to_json()).unwrap();
        // JSON is read fast, not to the last bit.
        assert_eq!((&read.subject, read.repeats.len()), (&measured.subject, 2));
        assert!((read.repeats[1].total.seconds - measured.repeats[1].total.seconds).abs() < 1e-12);
        let other =
            String::from_utf8(measured.to_json()).unwrap().replace("bench\": 1", "bench\": 9");
        assert!(Measurement::read(other.as_bytes()).unwrap_err().contains("format is 9"));
        assert!(Measurement::read(b"{}").unwrap_err().contains("--save"));
    }
}
