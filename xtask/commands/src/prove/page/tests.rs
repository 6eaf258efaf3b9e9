//! The page as it is read: of a run that is green, of one that is red, of one of which most is missing.

use super::data::{CodeMutants, Proof};
use super::*;

const GREEN: &str = include_str!("samples/green.json");
const RED: &str = include_str!("samples/red.json");
const CODE: &str = include_str!("samples/code.json");

/// What only the look of it is about is left out, and every element begins a line.
fn page(proof: &str, code: Option<&str>) -> String {
    let proof: Proof = understand(proof.as_bytes()).expect("a proof");
    let code: Option<CodeMutants> = code.map(|code| understand(code.as_bytes()).expect("weakenings of code"));
    let page = render::page(&proof, code.as_ref());
    page.replace(include_str!("style.css"), "…").replace("><", ">\n<")
}

#[test]
fn a_green_run_is_told_in_full() {
    insta::assert_snapshot!(page(GREEN, Some(CODE)));
}

#[test]
fn a_red_run_begins_with_the_script() {
    insta::assert_snapshot!(page(RED, None));
}

#[test]
fn parts_that_were_not_run_are_named() {
    insta::assert_snapshot!(page(r#"{"version": 1, "verdict": "green", "seed": 7}"#, None));
}

/// The text of the verdict, at the top.
fn verdict(page: &str) -> &str {
    let start = page.find("<div class=\"verdict").expect("a verdict");
    page[start..].split("</div>").next().expect("its end")
}

#[test]
fn a_file_that_calls_itself_green_over_a_fault_is_red() {
    let with = |from: &str, to: &str| {
        let changed = GREEN.replacen(from, to, 1);
        assert_ne!(changed, GREEN, "{from}");
        page(&changed, Some(CODE))
    };
    assert!(verdict(&page(GREEN, Some(CODE))).contains("✓ Green"));
    for (from, to, why) in [
        (r#""violations": []"#, r#""violations": ["sql: UPDATE: 1 row of B"]"#, "1 attack got through"),
        (r#""survivors": 0"#, r#""survivors": 2"#, "2 weakenings were not noticed"),
        (r#""failure": null"#, r#""failure": {"fault": "B sees a row of A"}"#, "B sees a row of A"),
        (r#""state": "green""#, r#""state": "red""#, "the part &quot;workload&quot; is red"),
        (r#""state": "green""#, r#""state": "not_reached""#, "the part &quot;workload&quot; was not reached"),
        (r#""verdict": "green""#, r#""verdict": "red""#, "without a reason"),
    ] {
        let page = with(from, to);
        assert!(verdict(&page).contains("✗ Red") && verdict(&page).contains(why), "{}", verdict(&page));
    }
    // Nobody noticed, whatever the sums say.
    let page = with(
        r#""sql": ["create publication everything for all tables"],
        "caught""#,
        r#""caught": [], "earlier""#,
    );
    assert!(verdict(&page).contains("1 weakening was not noticed"), "{}", verdict(&page));
    let unnoticed = CODE.replacen(r#""unnoticed": []"#, r#""unnoticed": ["a_test"]"#, 1);
    assert!(verdict(&self::page(GREEN, Some(&unnoticed))).contains("1 weakening was not noticed"));
    assert!(verdict(&self::page(r#"{"version": 1}"#, None)).contains("? No verdict"));
}

/// Every text of the file is replaced by one that would break out of any place in the page.
#[test]
fn no_value_becomes_an_element_or_an_attribute() {
    const HOSTILE: &str = "'\"></code></td></table><script>alert(1)</script><img src=x onerror=alert(2)>&lt;";
    fn poison(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) if !["green", "red"].contains(&text.as_str()) => *text = HOSTILE.to_owned(),
            serde_json::Value::Array(values) => values.iter_mut().for_each(poison),
            serde_json::Value::Object(values) => values.values_mut().for_each(poison),
            _ => {}
        }
    }
    let poisoned = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        poison(&mut value);
        value.to_string()
    };
    for (proof, code) in [(GREEN, Some(CODE)), (RED, None)] {
        let page = page(&poisoned(proof), code.map(poisoned).as_deref());
        // That it was there at all, and often.
        assert!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt;").count() > 8, "{page}");
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("'\"></code>"), "{page}");
        let (opened, closed) = (page.matches("<table").count(), page.matches("</table>").count());
        assert_eq!(opened, closed);
    }
}

#[test]
fn the_page_loads_nothing_and_its_headings_are_in_order() {
    for page in [page(GREEN, Some(CODE)), page(RED, None)] {
        for from_elsewhere in ["http:", "https:", "src=", "<link", "@import", "url(", "<script"] {
            let css = include_str!("style.css");
            assert!(!page.replace("http: ", "").contains(from_elsewhere) && !css.contains(from_elsewhere), "{from_elsewhere}");
        }
        let mut before = 0;
        for heading in page.match_indices("<h").filter_map(|(place, _)| page[place + 2..].chars().next()?.to_digit(10)) {
            assert!(heading <= before + 1, "h{heading} after h{before}");
            before = heading;
        }
        assert_eq!((before, page.matches("<h1").count()), (2, 1));
        let tables = page.matches("<table").count();
        assert_eq!((page.matches("<caption").count(), tables > 0), (tables, true));
        assert_eq!(page.matches("<th ").count(), page.matches("scope=").count());
        assert_eq!(page.matches("<th>").count(), 0);
    }
}

#[test]
fn the_page_lies_beside_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(PROOF), GREEN).expect("written");
    std::fs::write(folder.path().join(CODE_MUTANTS), CODE).expect("written");
    let page = write(folder.path(), true).expect("a page");
    assert_eq!(page, folder.path().join("index.html"));
    let text = std::fs::read_to_string(page).expect("read");
    assert!(text.starts_with("<!DOCTYPE html><html lang=\"en\">") && text.contains("begin_unguarded"));
}

#[test]
fn what_cannot_be_read_is_told_with_what_to_do() {
    let told = |name: &str, content: Option<&[u8]>| {
        let folder = tempfile::tempdir().expect("a folder");
        if name != PROOF {
            std::fs::write(folder.path().join(PROOF), GREEN).expect("written");
        }
        if let Some(content) = content {
            std::fs::write(folder.path().join(name), content).expect("written");
        }
        let error = write(folder.path(), true).expect_err("cannot be read");
        assert!(!folder.path().join(PAGE).exists(), "no page about something else");
        format!("{error:#}").replace(&folder.path().display().to_string(), "report")
    };
    let errors = [
        told(PROOF, None),
        told(PROOF, Some(b"")),
        told(PROOF, Some(b"{\"version\": 1, \"verdict\": \"\xff\"}")),
        told(PROOF, Some(b"{\"verdict\": \"green\"}")),
        told(PROOF, Some(b"{\"version\": 2}")),
        told(PROOF, Some(b"{\"version\": 1, \"cases\": -4}")),
        told(PROOF, Some(b"{\"version\": 1, \"verdict\": \"red\", \"verdict\": \"green\"}")),
        told(PROOF, Some(b"{\"version\": 1, \"verdict\": \"greenish\"}")),
        told(CODE_MUTANTS, Some(b"[]")),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_run_that_writes_nothing_has_no_page_of_an_earlier_one() {
    let folder = tempfile::tempdir().expect("a folder");
    clear(&folder.path().join("not there")).expect("nothing to do");
    std::fs::write(folder.path().join(PROOF), GREEN).expect("written");
    write(folder.path(), true).expect("a page");
    clear(folder.path()).expect("cleared");
    assert_eq!(std::fs::read_dir(folder.path()).expect("read").count(), 0);
}
