//! An archive in the form `ustar` (POSIX.1-1988): for each file a block of 512 bytes that names it, then its
//! bytes, filled up to whole blocks. No times, no owners, so that the same files make the same archive.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{names, standoff};

const BLOCK: usize = 512;
/// Eleven octal digits of a size.
const LARGEST: usize = 1 << 33;

/// Makes the archive of all documents. The parts are read twice: the table of all files stands at the end, and its
/// length before it.
pub(super) fn make(folder: &str, parts: &[PathBuf], path: &Path) -> io::Result<()> {
    let mut archive = Archive { folder, out: BufWriter::new(File::create(path)?) };
    archive.file("annotation.conf", standoff::configuration().as_bytes())?;
    const HEADER: &str = "file\tdocument\n";
    let mut size = HEADER.len();
    for_each(parts, |name, [id, text, annotations]| {
        archive.file(&format!("{name}.txt"), text.as_bytes())?;
        archive.file(&format!("{name}.ann"), annotations.as_bytes())?;
        size += row(name, &id).len();
        Ok(())
    })?;
    archive.begin("documents.tsv", size)?;
    archive.out.write_all(HEADER.as_bytes())?;
    for_each(parts, |name, [id, ..]| archive.out.write_all(row(name, &id).as_bytes()))?;
    archive.end(size)?;
    archive.out.write_all(&[0; 2 * BLOCK])?;
    archive.out.flush()
}

/// Calls `each` with the name of each document's files and what was encoded of it.
fn for_each(
    parts: &[PathBuf],
    mut each: impl FnMut(&str, [String; 3]) -> io::Result<()>,
) -> io::Result<()> {
    let mut given = names::Given::default();
    let mut line = Vec::new();
    for part in parts {
        let mut lines = BufReader::new(File::open(part)?);
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let document: [String; 3] = serde_json::from_slice(&line)?;
            let [id, ..] = &document;
            let name = given.once(names::safe(id));
            each(&name, document)?;
        }
    }
    Ok(())
}

/// A row of the table; what would break it is written as in C.
fn row(name: &str, id: &str) -> String {
    let id =
        id.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r");
    format!("{name}\t{id}\n")
}

struct Archive<'f, W> {
    folder: &'f str,
    out: W,
}

impl<W: Write> Archive<'_, W> {
    fn file(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name, bytes.len())?;
        self.out.write_all(bytes)?;
        self.end(bytes.len())
    }

    fn begin(&mut self, name: &str, size: usize) -> io::Result<()> {
        if size >= LARGEST || name.len() > 100 || self.folder.len() > 155 {
            let message = format!("{name}: too large for the archive");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let mut header = [0; BLOCK];
        let mut put = |at: usize, field: &str| {
            header[at..at + field.len()].copy_from_slice(field.as_bytes());
        };
        put(0, name);
        put(100, "0000644");
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{size:011o}"));
        put(136, "00000000000");
        // The sum is taken with spaces in its own place.
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        put(329, "0000000");
        put(337, "0000000");
        put(345, self.folder);
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.out.write_all(&header)
    }

    fn end(&mut self, size: usize) -> io::Result<()> {
        let fill = size.next_multiple_of(BLOCK) - size;
        self.out.write_all(&[0; BLOCK][..fill])
    }
}
