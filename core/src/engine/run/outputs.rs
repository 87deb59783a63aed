//! Output files: written under temporary names, put in place when the run has succeeded.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use thiserror::Error;

/// The folder, in the run's folder, where outputs lie while they are written.
pub(crate) const WORK_FOLDER: &str = ".docmill";

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
            _ => "see to its folder's space and permissions, and run again",
        };
        format!("{}; {remedy}", self.path.display())
    }

    /// Whether whoever read the output has gone.
    pub fn is_broken_pipe(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

/// What the names of work folders begin with that hold one file alone.
const OF_FILE: &str = "file-";

/// Where the bytes of a run go.
pub(super) enum Outputs {
    Folder(Folder),
    Stream(Box<dyn Write + Send>),
}

/// The files of a run, not yet under their names.
pub(super) struct Folder {
    dir: PathBuf,
    work: PathBuf,
    /// Path below `dir`, the file under its temporary name, and bytes written.
    files: Vec<(String, File, u64)>,
    placed: bool,
    /// Held until the end, where no other run may write to `dir`.
    _lock: Option<File>,
}

impl Folder {
    /// Makes the run's folder and opens a temporary file for each path, in a folder named `work`. Until
    /// all is done no other run may write to the folder; what killed runs left in it is removed.
    pub(super) fn open<'a>(
        dir: &Path,
        work: &str,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<Self, WriteError> {
        // Only who has the lock may have a `Folder`, which clears up when it goes.
        let dir = or_here(dir);
        let failed = |error| WriteError::new(dir, error);
        fs::create_dir_all(dir).map_err(failed)?;
        let lock = lock(dir).map_err(failed)?;
        remove_leftovers(&dir.join(WORK_FOLDER));
        Folder::new(dir, work, lock).with_files(paths)
    }

    /// One file of a run that writes the others elsewhere. Several such runs may write to its folder,
    /// each to a file of its own.
    pub(super) fn of_file(path: &Path) -> Result<Self, WriteError> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            WriteError::new(path, io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))
        })?;
        let dir = path.parent().unwrap_or(Path::new(""));
        Folder::new(or_here(dir), &format!("{OF_FILE}{name}"), None).with_files([name].into_iter())
    }

    fn new(dir: &Path, work: &str, lock: Option<File>) -> Self {
        let work = dir.join(WORK_FOLDER).join(work);
        Folder { dir: dir.to_owned(), work, files: Vec::new(), placed: false, _lock: lock }
    }

    fn with_files<'a>(mut self, paths: impl Iterator<Item = &'a str>) -> Result<Self, WriteError> {
        for path in paths {
            let temporary = self.work.join(path);
            let parent = temporary.parent().unwrap_or(&self.work);
            fs::create_dir_all(parent).map_err(|error| WriteError::new(parent, error))?;
            let file =
                File::create(&temporary).map_err(|error| WriteError::new(&temporary, error))?;
            self.files.push((path.to_owned(), file, 0));
        }
        Ok(self)
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) -> Result<(), WriteError> {
        let Some((path, file, written)) = self.files.get_mut(at) else { return Ok(()) };
        file.write_all(bytes).map_err(|error| WriteError::new(&self.dir.join(path), error))?;
        *written += bytes.len() as u64;
        Ok(())
    }

    /// Bytes written to each file so far.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().map(|(path, _, written)| (path.as_str(), *written))
    }

    /// Puts the files under their names: all are on the disk before the first is renamed.
    /// `only` leaves the others where they are, to be removed.
    pub(super) fn place(&mut self, only: Option<&str>) -> Result<(), WriteError> {
        let wanted = |path: &str| only.is_none_or(|only| only == path);
        for (path, file, _) in self.files.iter().filter(|(path, ..)| wanted(path)) {
            file.sync_all().map_err(|error| WriteError::new(&self.dir.join(path), error))?;
        }
        for (path, ..) in self.files.iter().filter(|(path, ..)| wanted(path)) {
            let to = self.dir.join(path);
            let parent = to.parent().unwrap_or(&self.dir);
            let placed = fs::create_dir_all(parent)
                .and_then(|()| fs::rename(self.work.join(path), &to))
                .and_then(|()| self.sync_from(parent));
            placed.map_err(|error| WriteError::new(&to, error))?;
        }
        self.placed = true;
        self.clear();
        Ok(())
    }

    /// Writes a small file of its own in the same careful way.
    pub(super) fn write_beside(&self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let (to, temporary) = (self.dir.join(path), self.work.join(path));
        let written = fs::create_dir_all(&self.work)
            .and_then(|()| File::create(&temporary))
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, &to))
            .and_then(|()| self.sync_from(&self.dir));
        let written = written.map_err(|error| WriteError::new(&to, error));
        self.clear();
        written
    }

    /// Puts on the disk what a folder and those above it list, up to the run's own: they may be new.
    fn sync_from(&self, folder: &Path) -> io::Result<()> {
        let own = |folder: &&Path| folder.starts_with(&self.dir);
        folder.ancestors().take_while(own).try_for_each(|folder| File::open(folder)?.sync_all())
    }

    /// Removes the temporary files, and their folder where no other run uses it.
    fn clear(&self) {
        // What cannot be removed now is removed by the next run; nothing reads it.
        let _ = fs::remove_dir_all(&self.work);
        let _ = fs::remove_dir(self.dir.join(WORK_FOLDER));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.placed {
            self.clear();
        }
    }
}

/// An empty path is the working directory, which only its own name opens.
fn or_here(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}

/// Takes the folder for this run alone; `None` where the file system knows no locks.
fn lock(dir: &Path) -> io::Result<Option<File>> {
    let folder = File::open(dir)?;
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::WouldBlock, "another run is writing to it"))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Removes what runs that were killed left behind, whatever they ran.
fn remove_leftovers(works: &Path) {
    let Ok(entries) = fs::read_dir(works) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(OF_FILE) {
            // What cannot be removed is in nobody's way, or the next file made there says so.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
