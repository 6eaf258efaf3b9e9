//! What `docs/operator.md` shows, as it stands.

const PAGE: &str = include_str!("../../docs/operator.md");

#[test]
fn the_page_shows_this_code() {
    assert!(
        PAGE.contains(&format!("```rust\n{}```", include_str!("served.rs"))),
        "tests/operator/served.rs is not in docs/operator.md as it stands"
    );
    let _ = crate::served::serve;
}

/// The page lists the acts by the words that are recorded.
#[test]
fn the_page_has_every_word_that_is_recorded() {
    let sources = [
        include_str!("../../runtime/src/db/platform/tenants.rs"),
        include_str!("../../runtime/src/db/platform/domains.rs"),
        include_str!("../../runtime/src/db/platform/members.rs"),
        include_str!("../../runtime/src/db/platform/onboard.rs"),
        include_str!("../../runtime/src/db/platform/plans.rs"),
    ];
    let words: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(|text| ["tenant.", "domain.", "plan."].iter().any(|subject| text.starts_with(subject)))
        .map(|text| text.split(' ').next().unwrap_or(text))
        .collect();
    assert_eq!(words.len(), 18, "{words:?}");
    for word in words {
        assert!(PAGE.contains(&format!("`{word}`")), "{word} is not in docs/operator.md");
    }
}
