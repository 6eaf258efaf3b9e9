drop owned by {owner}, {migrator}, {app}, {platform}, {backup};
drop role {owner}, {migrator}, {app}, {platform}, {backup};
