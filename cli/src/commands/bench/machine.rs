//! The machine that a benchmark ran on.

use std::fs;

use serde::{Deserialize, Serialize};

/// What times depend on beside the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Machine {
    /// The model of the processors; empty where it is not known.
    pub(super) cpu: String,
    /// How many of them this process may use; 0 where it is not known.
    pub(super) processors: u32,
    /// The operating system and its version.
    pub(super) system: String,
}

impl Machine {
    /// This one.
    pub(super) fn here() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let release = read("/proc/sys/kernel/osrelease");
        Machine {
            cpu: model(&read("/proc/cpuinfo")).to_owned(),
            processors: allowed(&read("/proc/self/status")),
            system: format!("{} {}", std::env::consts::OS, release.trim()).trim().to_owned(),
        }
    }
}

/// The processors that a process may use, from its status.
fn allowed(status: &str) -> u32 {
    let mask = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:"));
    let digits = mask.unwrap_or_default().chars().filter_map(|digit| digit.to_digit(16));
    digits.map(u32::count_ones).sum()
}

fn model(cpuinfo: &str) -> &str {
    let named = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
    named.map_or("", |rest| rest.trim_start_matches([' ', '\t', ':']).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_what_linux_calls_it() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Example 9 @ 2.6 GHz\nmodel name\t: other\n";
        assert_eq!(model(cpuinfo), "Example 9 @ 2.6 GHz");
        assert_eq!(model("Features : fp\n"), "");
    }

    #[test]
    fn processors_are_those_that_the_process_may_use() {
        assert_eq!(allowed("Name:\tx\nCpus_allowed:\tff,00000003\nCpus_allowed_list:\t0-1\n"), 10);
        assert_eq!(allowed(""), 0);
    }
}
