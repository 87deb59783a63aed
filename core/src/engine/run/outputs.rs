//! Output files: written under temporary names, put in place when the run has succeeded.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use thiserror::Error;

/// The folder, in the run's folder, where outputs lie while they are written.
pub(crate) const WORK_FOLDER: &str = ".docmill";

/// An output that could not be written. The run ends; outputs of an earlier run are as they were.
#[derive(Debug, Error)]
#[error("cannot write {}; see to its folder's space and permissions, and run again", path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    source: io::Error,
}

impl WriteError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        WriteError { path: path.to_owned(), source }
    }

    /// Whether whoever read the output has gone.
    pub fn is_broken_pipe(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

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
}

impl Folder {
    /// Makes the run's folder and opens a temporary file for each path. `key` tells two runs apart.
    pub(super) fn open<'a>(
        dir: &Path,
        key: &str,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<Self, WriteError> {
        let work = dir.join(WORK_FOLDER).join(key);
        if work.exists() {
            fs::remove_dir_all(&work).map_err(|error| WriteError::new(&work, error))?;
        }
        let mut folder = Folder { dir: dir.to_owned(), work, files: Vec::new(), placed: false };
        for path in paths {
            let temporary = folder.work.join(path);
            let parent = temporary.parent().unwrap_or(&folder.work);
            fs::create_dir_all(parent).map_err(|error| WriteError::new(parent, error))?;
            let file =
                File::create(&temporary).map_err(|error| WriteError::new(&temporary, error))?;
            folder.files.push((path.to_owned(), file, 0));
        }
        Ok(folder)
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
                .and_then(|()| File::open(parent)?.sync_all());
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
            .and_then(|()| File::open(&self.dir)?.sync_all());
        let written = written.map_err(|error| WriteError::new(&to, error));
        self.clear();
        written
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
