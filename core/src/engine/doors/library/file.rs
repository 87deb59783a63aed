//! A library's file: what can be known of it before any of its code runs, and loading it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::refusal::Refusal;
use crate::{door::abi::Entry, engine::run::digest};

/// The hash that a library must have, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// 64 hexadecimal digits.
    digits: String,
    by: &'static str,
}

impl Pin {
    /// A hash, with or without `sha256:` before it, in lower or upper case; `None` where it is none. `by` names who
    /// asks for it in messages: `the pipeline`.
    pub fn new(text: &str, by: &'static str) -> Option<Pin> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
        let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then_some(Pin { digits, by })
    }

    /// Its 64 hexadecimal digits, in lower case, and who asks for them.
    pub(crate) fn parts(&self) -> (&str, &'static str) {
        (&self.digits, self.by)
    }
}

/// A library that was loaded.
pub(super) struct Opened {
    pub(super) entry: Entry,
    /// `sha256:` and 64 hexadecimal digits.
    pub(super) digest: String,
    /// How long the loader took, the library's initialisers included.
    pub(super) took: Duration,
}

/// Loads a library. Where a hash is asked for, the bytes that are hashed are the bytes that are loaded, whatever
/// becomes of the file meanwhile.
pub(super) fn open(path: &Path, pin: Option<&Pin>) -> Result<Opened, Refusal> {
    let bytes =
        fs::read(path).map_err(|source| Refusal::Unreadable { path: path.to_owned(), source })?;
    look_at(path, &bytes)?;
    let digest = digest(&bytes);
    let from = match pin {
        Some(pin) => {
            let found = digest.trim_start_matches("sha256:");
            if found != pin.digits {
                return Err(Refusal::WrongHash {
                    path: path.to_owned(),
                    digest: found.to_owned(),
                    by: pin.by,
                });
            }
            sealed(&bytes)
                .map_err(|source| Refusal::Unreadable { path: path.to_owned(), source })?
        }
        None => None,
    };
    // A bare name would be looked for in the system's folders.
    let from = match from {
        Some(from) => from,
        None => fs::canonicalize(path)
            .map_err(|source| Refusal::Unreadable { path: path.to_owned(), source })?,
    };
    let start = Instant::now();
    // SAFETY: loading runs the library's initialisers: the user named it, and trusts it, as the book says.
    let library = unsafe { Library::open(Some(&from), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|source| Refusal::NotLoaded { path: path.to_owned(), source })?;
    let took = start.elapsed();
    // SAFETY: a symbol of this name is the entry of the C interface.
    let entry = unsafe { library.get::<Entry>(b"docmill_plugin\0") }.map(|symbol| *symbol);
    // Never unloaded, neither: code of it may have been left behind, in threads or in what ends with them.
    std::mem::forget(library);
    let entry = entry.map_err(|_| Refusal::NoEntry { path: path.to_owned() })?;
    Ok(Opened { entry, digest, took })
}

/// A file of these bytes that nobody can change, for as long as the process lives.
#[cfg(target_os = "linux")]
fn sealed(bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    use std::{fs::File, io::Write, os::fd::AsRawFd};

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    let file = memfd_create("docmill-plugin", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut file = File::from(file);
    file.write_all(bytes)?;
    fcntl_add_seals(
        &file,
        SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE,
    )?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    // The loader knows libraries by their names, so the number must not be used for another.
    std::mem::forget(file);
    Ok(Some(path))
}

/// There is no such file elsewhere: the library is loaded from where it is.
#[cfg(not(target_os = "linux"))]
fn sealed(_: &[u8]) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// Whether the file can be a library of this machine, so that the loader's own words are seldom needed.
fn look_at(path: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let not = |is: &str| Refusal::NotALibrary { path: path.to_owned(), is: is.to_owned() };
    let Some(rest) = bytes.strip_prefix(b"\x7fELF") else {
        return Err(not(match bytes {
            [] => "it is empty",
            [b'!', b'<', b'a', b'r', b'c', b'h', ..] => "a static archive",
            [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => {
                "a library for macOS"
            }
            [b'M', b'Z', ..] => "a library for Windows",
            _ if std::str::from_utf8(&bytes[..bytes.len().min(512)]).is_ok() => "it is text",
            _ => "its first bytes are none of a library's",
        }));
    };
    let &[class, order, .., kind_low, kind_high, machine_low, machine_high] =
        rest.first_chunk::<16>().unwrap_or(&[0; 16]);
    if rest.len() < 16 {
        return Err(not("it breaks off"));
    }
    let (little, wide) = (cfg!(target_endian = "little"), cfg!(target_pointer_width = "64"));
    let word = |low, high| {
        if order == 2 { u16::from_be_bytes([low, high]) } else { u16::from_le_bytes([low, high]) }
    };
    let machine = word(machine_low, machine_high);
    let own = own_machine();
    let same = own.is_none_or(|own| own == machine);
    if !same || (order == 1) != little || (class == 2) != wide {
        let machine = machine_name(machine, class);
        let own = std::env::consts::ARCH;
        return Err(Refusal::OtherMachine { path: path.to_owned(), machine, own });
    }
    match word(kind_low, kind_high) {
        3 if breaks_off(bytes, wide).unwrap_or(true) => Err(not("it breaks off")),
        3 => Ok(()),
        1 => Err(not("an object file that is not linked")),
        2 => Err(not("a program")),
        _ => Err(not("an ELF file of another kind")),
    }
}

/// Whether a part of an ELF file of this machine's own kind that is loaded lies behind the file's end, which ends the
/// process of whoever loads it. `None` where its table of parts itself does.
fn breaks_off(bytes: &[u8], wide: bool) -> Option<bool> {
    // Where the header tells of the table (place, entry size, entries), and an entry of its part (place, length).
    let (place, size, count, part_place, part_len) =
        if wide { (32, 54, 56, 8, 32) } else { (28, 42, 44, 4, 16) };
    let short =
        |at: usize| Some(usize::from(u16::from_ne_bytes(bytes.get(at..)?.first_chunk().copied()?)));
    let word = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..)?.first_chunk().copied()?));
    let long = |at: usize| match wide {
        true => usize::try_from(u64::from_ne_bytes(bytes.get(at..)?.first_chunk().copied()?)).ok(),
        false => word(at).map(|word| word as usize),
    };
    for entry in 0..short(count)? {
        let at = long(place)?.checked_add(entry * short(size)?)?;
        let end = long(at.checked_add(part_place)?)?.checked_add(long(at + part_len)?)?;
        const LOADED: u32 = 1;
        if word(at)? == LOADED && end > bytes.len() {
            return Some(true);
        }
    }
    Some(false)
}

/// The number by which ELF files name this machine.
fn own_machine() -> Option<u16> {
    MACHINES.iter().find(|(_, name)| *name == std::env::consts::ARCH).map(|(number, _)| *number)
}

fn machine_name(number: u16, class: u8) -> String {
    let name = MACHINES.iter().find(|(known, _)| *known == number).map(|(_, name)| *name);
    match (name, class) {
        (Some(name), _) => name.to_owned(),
        (None, 1) => format!("another machine of 32 bits (ELF {number})"),
        (None, _) => format!("another machine (ELF {number})"),
    }
}

/// Numbers of the ELF specification (`e_machine`), and Rust's names for them.
const MACHINES: [(u16, &str); 9] = [
    (3, "x86"),
    (8, "mips"),
    (20, "powerpc"),
    (21, "powerpc64"),
    (22, "s390x"),
    (40, "arm"),
    (62, "x86_64"),
    (183, "aarch64"),
    (243, "riscv64"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_told_from_other_text() {
        let digits = "0123456789abcdef".repeat(4);
        let pin = |digits: &str| Pin::new(digits, "the pipeline");
        assert_eq!(pin(&digits), pin(&format!("sha256:{}", digits.to_uppercase())));
        assert!(pin(&digits).is_some());
        assert_eq!((pin(&digits[1..]), pin(&"g".repeat(64))), (None, None));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn no_bytes_make_it_panic() {
        let own = fs::read("/proc/self/exe").unwrap();
        for len in 0..64.min(own.len()) {
            let _ = look_at(Path::new("x"), &own[..len]);
        }
        let refused = look_at(Path::new("x.so"), b"hello").unwrap_err();
        assert!(refused.to_string().contains("it is text"), "{refused}");
        let mut other = own[..64].to_vec();
        other[18] = 40;
        let refused = look_at(Path::new("x.so"), &other).unwrap_err();
        assert!(refused.to_string().contains("a library for arm"), "{refused}");
    }
}
