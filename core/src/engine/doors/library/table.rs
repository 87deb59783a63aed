//! A library's table: whether docmill can use it, and a copy of what it says.

use std::{
    ffi::c_void,
    mem::{MaybeUninit, offset_of},
    path::{Path, PathBuf},
    ptr,
    sync::OnceLock,
};

use super::{read_json, refusal::Refusal, said};
use crate::door::{
    abi::{Bytes, Entry, Host, KEEP, MAGIC, MAJOR, MINOR, Problem, RawChanges, RawDocument, Table},
    forms::Manifest,
};

/// What docmill tells plugins of itself.
pub(super) fn host() -> *const Host {
    struct Shared(Host);
    // SAFETY: it points to a string that lives forever and never changes.
    unsafe impl Sync for Shared {}
    // SAFETY: as above.
    unsafe impl Send for Shared {}
    static HOST: OnceLock<Shared> = OnceLock::new();
    let host = HOST.get_or_init(|| {
        Shared(Host {
            size: size_of::<Host>() as u32,
            major: MAJOR,
            minor: MINOR,
            version: Bytes::of(env!("CARGO_PKG_VERSION").as_bytes()),
        })
    });
    &host.0
}

/// A library that docmill can use.
pub(super) struct Library {
    path: PathBuf,
    pub(super) table: Functions,
}

/// The functions of a library. Those that every plugin has are there.
pub(super) struct Functions {
    manifest: unsafe extern "C" fn(*mut Bytes) -> i32,
    pub(super) contract: unsafe extern "C" fn(u32, Bytes, *mut Bytes, *mut Problem) -> i32,
    pub(super) create:
        unsafe extern "C" fn(*const Host, u32, Bytes, *mut *mut c_void, *mut Problem) -> i32,
    pub(super) destroy: unsafe extern "C" fn(*mut c_void),
    pub(super) process:
        Option<unsafe extern "C" fn(*mut c_void, *const RawDocument, *mut RawChanges) -> i32>,
    pub(super) header: Option<unsafe extern "C" fn(*mut c_void, u32, *mut Bytes) -> i32>,
    pub(super) encode: Option<
        unsafe extern "C" fn(
            *mut c_void,
            *const RawDocument,
            *mut Bytes,
            usize,
            *mut Problem,
        ) -> i32,
    >,
    pub(super) decode: Option<unsafe extern "C" fn(Bytes, Bytes, *mut Bytes) -> i32>,
}

impl Library {
    /// Asks a library for its table.
    pub(super) fn new(path: &Path, entry: Entry) -> Result<Self, Refusal> {
        let path = path.to_owned();
        // SAFETY: the library exports the function under the name that the interface gives to it.
        let table = unsafe { entry(u32::from(MAJOR)) };
        if table.is_null() {
            return Err(Refusal::NoTable { path });
        }
        // SAFETY: the plugin's table stays as it is for as long as the process lives.
        match unsafe { copy(table) } {
            Ok(table) => Ok(Library { table: functions(&path, table)?, path }),
            Err(Mismatch::Magic) => Err(Refusal::WrongMagic { path }),
            Err(Mismatch::Major(major)) => Err(Refusal::WrongMajor { path, major }),
            Err(Mismatch::Minor(minor)) => Err(Refusal::NeedsNewer { path, minor }),
            Err(Mismatch::Short(size)) => Err(Refusal::ShortTable { path, size }),
        }
    }

    /// Asks it what it offers.
    pub(super) fn manifest(&self) -> Result<Manifest, Refusal> {
        let mut json = Bytes::EMPTY;
        // SAFETY: the function is the plugin's, called as the interface says.
        let status = unsafe { (self.table.manifest)(&mut json) };
        let problem = match status {
            // SAFETY: the plugin keeps what it returns until its next call on this thread.
            KEEP => match unsafe { read_json(json) } {
                Ok(manifest) => return Ok(manifest),
                Err(error) => error,
            },
            // SAFETY: as above.
            _ => unsafe { said(json) },
        };
        Err(Refusal::BadManifest { path: self.path.clone(), problem })
    }
}

/// Why a table cannot be used.
#[derive(Debug, PartialEq, Eq)]
enum Mismatch {
    Magic,
    Major(u16),
    /// The minor version that it needs.
    Minor(u16),
    Short(u32),
}

/// The size of the table in which version 1.0 of docmill spoke of itself.
pub(super) const FIRST_HOST: usize = offset_of!(Host, version);

/// The size of the first version's table, which has everything up to `encode`.
const FIRST: usize = offset_of!(Table, decode);

/// A copy of a plugin's table, with what it does not have left out.
///
/// # Safety
///
/// `table` points to the beginning of a table, and to as many bytes as it says its size is; to at least sixteen.
unsafe fn copy(table: *const Table) -> Result<Table, Mismatch> {
    // SAFETY: the caller's promise: these four stand in the first sixteen bytes.
    let (magic, size, major, needs_minor) = unsafe {
        (
            (&raw const (*table).magic).read_unaligned(),
            (&raw const (*table).size).read_unaligned(),
            (&raw const (*table).major).read_unaligned(),
            (&raw const (*table).needs_minor).read_unaligned(),
        )
    };
    if magic != MAGIC {
        return Err(Mismatch::Magic);
    }
    if major != MAJOR {
        return Err(Mismatch::Major(major));
    }
    if needs_minor > MINOR {
        return Err(Mismatch::Minor(needs_minor));
    }
    if (size as usize) < FIRST {
        return Err(Mismatch::Short(size));
    }
    let mut own = MaybeUninit::<Table>::zeroed();
    // SAFETY: no more is read than the table says it has, nor written than there is room for. Zeros, and what the
    // plugin put there, are functions or null.
    unsafe {
        let len = (size as usize).min(size_of::<Table>());
        ptr::copy_nonoverlapping(table.cast::<u8>(), own.as_mut_ptr().cast::<u8>(), len);
        Ok(own.assume_init())
    }
}

fn functions(path: &Path, table: Table) -> Result<Functions, Refusal> {
    let missing = |function| Refusal::MissingFunction { path: path.to_owned(), function };
    Ok(Functions {
        manifest: table.manifest.ok_or_else(|| missing("manifest"))?,
        contract: table.contract.ok_or_else(|| missing("contract"))?,
        create: table.create.ok_or_else(|| missing("create"))?,
        destroy: table.destroy.ok_or_else(|| missing("destroy"))?,
        process: table.process,
        header: table.header,
        encode: table.encode,
        decode: table.decode,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn nothing(_: *mut c_void) {}

    fn table() -> Table {
        Table {
            magic: MAGIC,
            size: size_of::<Table>() as u32,
            major: MAJOR,
            needs_minor: 0,
            manifest: None,
            contract: None,
            create: None,
            destroy: Some(nothing),
            process: None,
            header: None,
            encode: None,
            decode: None,
        }
    }

    #[test]
    fn a_table_is_read_as_far_as_it_says() {
        let mut bytes = [0xa5_u8; 4 * size_of::<Table>()];
        let mut first = table();
        first.size = FIRST as u32;
        // SAFETY: a table is written into an array that has room for it, and read from there.
        let copied = unsafe {
            ptr::copy_nonoverlapping((&raw const first).cast::<u8>(), bytes.as_mut_ptr(), FIRST);
            copy(bytes.as_ptr().cast())
        };
        let copied = copied.unwrap();
        assert!(copied.decode.is_none(), "poison behind the table is not read");
        assert!(copied.destroy.is_some());
    }

    #[test]
    fn a_table_that_does_not_fit_is_refused() {
        let with = |change: fn(&mut Table)| {
            let mut table = table();
            change(&mut table);
            // SAFETY: the table is whole.
            unsafe { copy(&table) }.err()
        };
        assert_eq!(with(|_| ()), None);
        assert_eq!(with(|table| table.magic += 1), Some(Mismatch::Magic));
        assert_eq!(with(|table| table.major = 2), Some(Mismatch::Major(2)));
        assert_eq!(with(|table| table.needs_minor = 9), Some(Mismatch::Minor(9)));
        assert_eq!(with(|table| table.size = 24), Some(Mismatch::Short(24)));
    }
}
