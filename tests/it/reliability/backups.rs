//! Backups: under a final name there is a whole one or nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::line::{Answer, Line};

/// All files under final names.
pub fn backups(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory.join("backups")).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "db"))
        .collect()
}

/// What is wrong with the backups after a worker that told these lines: one that is not whole, or
/// lacks a decision that was acknowledged before it was begun; or the newest is not there.
pub fn problems(directory: &Path, lines: &[Line]) -> Vec<String> {
    let mut problems = Vec::new();
    for backup in backups(directory) {
        if let Err(problem) = entries_of(&backup) {
            problems.push(format!("{problem}: {}", backup.display()));
        }
    }
    let mut decided: BTreeSet<&str> = BTreeSet::new();
    let mut newest = None;
    for line in lines {
        match line {
            Line::Done(Answer { file: Some(file), .. }) => newest = Some((file, decided.clone())),
            Line::Done(Answer { entry: Some(entry), .. }) => {
                decided.insert(entry);
            }
            _ => {}
        }
    }
    if let Some((newest, decided)) = newest {
        match entries_of(newest) {
            Ok(entries) => {
                let lacking = decided.iter().filter(|entry| !entries.contains(**entry));
                problems.extend(lacking.map(|entry| format!("the backup lacks {entry}")));
            }
            Err(problem) => problems.push(format!("the acknowledged backup: {problem}")),
        }
    }
    problems
}

fn entries_of(backup: &Path) -> Result<BTreeSet<String>, String> {
    let read = || -> rusqlite::Result<(String, BTreeSet<String>)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(backup, flags)?;
        let state = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let mut statement = connection.prepare("SELECT entry_id FROM journal")?;
        let entries = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok((state, entries))
    };
    match read() {
        Ok((state, entries)) if state == "ok" => Ok(entries),
        Ok((state, _)) => Err(state),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn half_a_backup_under_a_final_name_would_be_found() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backups/library-1.db");
    fs::create_dir(folder.path().join("backups")).unwrap();
    let connection = Connection::open(&backup).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE journal (entry_id TEXT, ballast TEXT);
             INSERT INTO journal VALUES ('A', hex(randomblob(9999)));",
        )
        .unwrap();
    drop(connection);
    assert_eq!(problems(folder.path(), &[]), [""; 0]);
    let decided = |entry: &str| Answer { entry: Some(entry.to_owned()), file: None };
    let backed_up = Answer { entry: None, file: Some(backup.clone()) };
    let lines = [Line::Done(decided("A")), Line::Done(backed_up.clone()), Line::Done(decided("B"))];
    assert_eq!(problems(folder.path(), &lines), [""; 0]);
    let lines = [Line::Done(decided("B")), Line::Done(backed_up)];
    assert_eq!(problems(folder.path(), &lines), ["the backup lacks B"]);
    let whole = fs::read(&backup).unwrap();
    fs::write(&backup, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(problems(folder.path(), &[]).len(), 1);
}
