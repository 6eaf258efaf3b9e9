drop owned by {owner}, {migrator}, {app}, {platform}, {backup}, {lookup};
drop role {owner}, {migrator}, {app}, {platform}, {backup}, {lookup};
