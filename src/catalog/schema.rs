//! The database's formats and the steps between them.

/// "SEMB": tells our databases from other programs'.
pub(super) const APPLICATION_ID: i64 = 0x5345_4D42;

/// The n-th script takes a database from format n to n + 1; 0 is an empty one.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
    include_str!("schema_8.sql"),
    include_str!("schema_9.sql"),
    include_str!("schema_10.sql"),
];

/// The format this version of the program writes.
pub(super) const NEWEST_VERSION: i64 = MIGRATIONS.len() as i64;
