//! Which servers Tenantry works with.

/// The oldest minor version of each major version that is accepted: earlier ones have published security faults that touch row security,
/// or privileges that the fences stand on.
pub const FLOORS: [(u32, u32); 4] = [(15, 12), (16, 8), (17, 4), (18, 0)];

/// Why a server is refused, with what to install instead; none when it is accepted. The number is `server_version_num`: 150012 is 15.12.
/// A major version that is newer than the table is accepted.
#[must_use]
pub fn refusal(version: u32) -> Option<String> {
    let (major, minor) = (version / 10_000, version % 10_000);
    let oldest = FLOORS.first().map_or(0, |(oldest, _)| *oldest);
    if major < oldest {
        return Some(format!("PostgreSQL {major} is too old: {oldest} or later is needed"));
    }
    let (_, floor) = FLOORS.iter().find(|(known, _)| *known == major)?;
    (minor < *floor).then(|| format!("PostgreSQL {major}.{minor} has known security faults: {major}.{floor} or later is needed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_floor_is_the_first_version_that_is_accepted() {
        for (major, minor) in FLOORS {
            assert_eq!(refusal(major * 10_000 + minor), None);
            if let Some(earlier) = minor.checked_sub(1) {
                let text = refusal(major * 10_000 + earlier).expect("is below the floor");
                assert!(text.contains(&format!("{major}.{minor} or later")), "{text}");
            }
        }
    }

    #[test]
    fn an_old_major_version_is_refused_and_a_new_one_is_not() {
        assert!(refusal(140_019).expect("is too old").contains("15 or later"));
        assert!(refusal(90_624).expect("is too old").contains("PostgreSQL 9 "));
        assert_eq!(refusal(190_000), None);
    }
}
