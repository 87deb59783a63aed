//! Decodings that the library offers to `verify`.

use super::{Stop, Tried, threads::on_two_threads};
use crate::engine::doors::library::probe::{Probe, Reply};

pub(super) fn decodings(probe: &Probe) -> Tried {
    let names = &probe.manifest.decodings;
    if names.is_empty() {
        return Err(Stop::Untried("it offers no decodings".to_owned()));
    }
    let long = vec![b'x'; 1_000_000];
    let texts: [&[u8]; 7] =
        [b"", b"a", "é🙂".as_bytes(), b"\xff\xfe\x80", b"\0", b"&amp;&#x1F642;&", &long];
    for name in names {
        for from in texts {
            let decode = || match probe.decode(name, from) {
                Reply::Gave(text) => Ok(Some(text)),
                Reply::Refused { .. } => Ok(None),
                Reply::Dropped(..) => Err("it returns a verdict".to_owned()),
                Reply::Wrong(what) => Err(what),
            };
            let (one, other) = on_two_threads(decode);
            let named = |what: String| Stop::Broken(format!("asked for `{name}`, {what}"));
            if one.map_err(named)? != other.map_err(named)? {
                return Err(named("it gives another text for the same bytes".to_owned()));
            }
        }
    }
    match probe.decode("no-such-decoding", b"a") {
        Reply::Refused { .. } => Ok(names.join(", ")),
        _ => Err(Stop::Broken("it takes the name of a decoding that it does not offer".to_owned())),
    }
}
