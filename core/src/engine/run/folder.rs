//! What a run puts on the disk for good, and the folder that it works in.
//!
//! A file appears under its name when it is whole and on the disk: written under another name, synced, renamed, and
//! then the folder is synced that lists it.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use thiserror::Error;

/// The folder, in the run's folder, where a run's parts lie until they are put in place.
pub(crate) const WORK_FOLDER: &str = ".docmill";

/// What the names of work folders begin with that hold one file alone.
const OF_FILE: &str = "file-";

/// What the names of work folders of retries have in them.
pub(super) const OF_RETRY: &str = "-retry-";

/// What stands at the end of the name of a file that is not whole.
const TEMPORARY: &str = ".tmp";

/// An output that could not be written. The run ends; outputs of an earlier run are as they were.
#[derive(Debug, Error)]
#[error("cannot write {}", self.what_and_remedy())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    source: io::Error,
}

impl WriteError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        WriteError { path: path.to_owned(), source }
    }

    fn what_and_remedy(&self) -> String {
        if self.path == Path::new("-") {
            return "to standard output".to_owned();
        }
        let remedy = match self.source.kind() {
            io::ErrorKind::WouldBlock => "wait for the other run to end, or choose another folder",
            _ => {
                "see to its folder's space and permissions, and run again (with --resume to go on)"
            }
        };
        format!("{}; {remedy}", self.path.display())
    }

    /// Whether whoever read the output has gone.
    pub fn is_broken_pipe(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Says of an error which file or folder it is about.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, WriteError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, WriteError> {
        self.map_err(|error| WriteError::new(path, error))
    }
}

/// Writes a file and puts it under its name.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_with(path, |temporary| fs::write(temporary, bytes))
}

/// The same of a file that `make` makes, at the path it is given.
pub(super) fn write_with(
    path: &Path,
    make: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), WriteError> {
    write_as(&temporary(path), path, make)
}

/// The same of a file that has this name until it is whole.
pub(super) fn write_as(
    temporary: &Path,
    path: &Path,
    make: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), WriteError> {
    remove_file(temporary)
        .and_then(|()| make(temporary))
        .and_then(|()| File::open(temporary)?.sync_all())
        .and_then(|()| fs::rename(temporary, path))
        .and_then(|()| sync(path.parent().unwrap_or(Path::new("."))))
        .at(path)
}

/// Gives a whole file another name too, in place of what has that name; where that is on another disk, copies it.
/// Its folder is still to be synced.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let temporary = temporary(to);
    remove_file(&temporary)?;
    fs::hard_link(from, &temporary).or_else(|_| {
        fs::copy(from, &temporary)?;
        File::open(&temporary)?.sync_all()
    })?;
    fs::rename(&temporary, to)
}

/// The name of what is not whole yet, or not any more.
fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    name.into()
}

/// Moves whole files, which are on the disk, each to its name below `dir`. One that is not there has been moved
/// before.
pub(super) fn place<'a>(
    dir: &Path,
    moves: impl IntoIterator<Item = (PathBuf, &'a str)>,
) -> Result<(), WriteError> {
    let mut folders = BTreeSet::new();
    for (from, path) in moves {
        let to = dir.join(path);
        let parent = to.parent().unwrap_or(dir);
        fs::create_dir_all(parent)
            .and_then(|()| match fs::rename(from, &to) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && to.exists() => Ok(()),
                moved => moved,
            })
            .at(&to)?;
        // The folders may be new, up to the run's own.
        let own = |folder: &&Path| folder.starts_with(dir);
        folders.extend(parent.ancestors().take_while(own).map(Path::to_owned));
    }
    folders.iter().rev().try_for_each(|folder| sync(folder).at(folder))
}

/// Puts on the disk what a folder lists.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(or_here(folder))?.sync_all()
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes a folder, and those above it that are not there, and puts them on the disk.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let made: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    fs::create_dir_all(folder)?;
    for parent in made.iter().filter_map(|folder| folder.parent()) {
        match sync(parent) {
            // Whoever may write to a folder need not be allowed to list it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// Whether the name of a file or folder says that it is not whole.
pub(super) fn is_temporary(path: &Path) -> bool {
    path.to_string_lossy().ends_with(TEMPORARY)
}

/// An empty path is the working directory, which only its own name opens.
pub(super) fn or_here(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}

/// How often a lock is tried again that somebody has, and how long after.
const LOCK_TRIES: usize = 4;
const LOCK_WAIT: Duration = Duration::from_millis(25);

/// Who else may write to a run's folder meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Nobody.
    Alone,
    /// Other jobs of the same run.
    WithJobs,
}

/// Held while a run writes to a folder.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` where the file system knows no locks.
    _file: Option<File>,
}

impl Lock {
    /// Makes the folder, and takes it.
    pub(super) fn take(dir: &Path, sharing: Sharing) -> Result<Self, WriteError> {
        let dir = or_here(dir);
        let taken = create(dir).and_then(|()| Lock::of(dir, sharing));
        taken.at(dir)
    }

    /// Takes a file or folder that is there.
    pub(super) fn of(path: &Path, sharing: Sharing) -> io::Result<Self> {
        let file = File::open(path)?;
        let take = || match sharing {
            Sharing::Alone => file.try_lock(),
            Sharing::WithJobs => file.try_lock_shared(),
        };
        let mut taken = take();
        // Whoever asks how a run stands has it for a moment.
        for _ in 0..LOCK_TRIES {
            if sharing == Sharing::WithJobs || !matches!(taken, Err(TryLockError::WouldBlock)) {
                break;
            }
            thread::sleep(LOCK_WAIT);
            taken = take();
        }
        match taken {
            Ok(()) => Ok(Lock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => {
                Err(io::Error::new(io::ErrorKind::WouldBlock, "another run is writing to it"))
            }
            Err(TryLockError::Error(_)) => Ok(Lock { _file: None }),
        }
    }
}

/// The folders in which runs to `dir` worked that did not come to their end, sorted.
pub(super) fn left_behind(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir.join(WORK_FOLDER)) else { return Vec::new() };
    let of_run = |name: &std::ffi::OsStr| !name.to_string_lossy().starts_with(OF_FILE);
    let folders = entries.flatten().filter(|entry| of_run(&entry.file_name()));
    let mut folders: Vec<PathBuf> =
        folders.map(|entry| entry.path()).filter(|folder| !is_temporary(folder)).collect();
    folders.sort_unstable();
    folders
}

/// Whether a retry works in this folder.
pub(super) fn is_of_retry(work: &Path) -> bool {
    work.file_name().is_some_and(|name| name.to_string_lossy().contains(OF_RETRY))
}

/// Removes what runs to `dir` were about to remove when they were killed.
pub(super) fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir.join(WORK_FOLDER)).into_iter().flatten().flatten() {
        if is_temporary(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Removes a work folder, and the one that holds it where no other run uses that. It goes under another name, so
/// that a run that is killed meanwhile leaves no half of it for the next one to go on with.
pub(super) fn clear(work: &Path) {
    // What cannot be removed now is removed by the next run; nothing reads it.
    let going = temporary(work);
    let _ = fs::remove_dir_all(&going);
    let _ = fs::rename(work, &going);
    let _ = fs::remove_dir_all(&going);
    if let Some(works) = work.parent() {
        let _ = fs::remove_dir(works);
    }
}

/// One file of a run that writes the others elsewhere. Several such runs may write to its folder, each to
/// a file of its own.
pub(super) struct OneFile {
    dir: PathBuf,
    name: String,
    work: PathBuf,
    file: File,
}

impl OneFile {
    pub(super) fn open(path: &Path) -> Result<Self, WriteError> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
        let name = name.at(path)?.to_owned();
        let dir = or_here(path.parent().unwrap_or(Path::new(""))).to_owned();
        let work = dir.join(WORK_FOLDER).join(format!("{OF_FILE}{name}"));
        create(&work).at(&work)?;
        let file = File::create(work.join(&name)).at(path)?;
        Ok(OneFile { dir, name, work, file })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.file.write_all(bytes).at(&self.dir.join(&self.name))
    }

    pub(super) fn place(&mut self) -> Result<(), WriteError> {
        self.file.sync_all().at(&self.dir.join(&self.name))?;
        place(&self.dir, [(self.work.join(&self.name), self.name.as_str())])
    }
}

impl Drop for OneFile {
    fn drop(&mut self) {
        clear(&self.work);
    }
}
