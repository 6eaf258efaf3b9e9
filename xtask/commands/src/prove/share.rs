//! A share of a long list: every so many-th of it.

/// The `K`th of `N` shares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Share {
    /// Which, from 0.
    which: usize,
    of: usize,
}

/// Reads `K/N`.
pub(super) fn parse(text: &str) -> Result<Share, String> {
    let read = || {
        let (which, of) = text.split_once('/')?;
        let (which, of): (usize, usize) = (which.parse().ok()?, of.parse().ok()?);
        (1..=of).contains(&which).then(|| Share { which: which - 1, of })
    };
    read().ok_or_else(|| "a share is K/N, two whole numbers, K from 1 to N: 2/4 is the second of four".to_owned())
}

/// Those of the list that are in the share; all without one.
pub(super) fn of<T>(list: Vec<T>, share: Option<Share>) -> Vec<T> {
    let Some(Share { which, of }) = share else { return list };
    list.into_iter().skip(which).step_by(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_the_whole_and_none_is_in_two() {
        let mut all: Vec<u8> = (1..=3).flat_map(|which| of((0..10).collect(), Some(parse(&format!("{which}/3")).unwrap()))).collect();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        assert_eq!(of(vec![1, 2], None), [1, 2]);
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for text in ["", "1", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1/99999999999999999999"] {
            assert!(parse(text).unwrap_err().contains("2/4 is the second of four"), "{text}");
        }
    }
}
