drop owned by {owner}, {migrator}, {app}, {platform}, {identity}, {backup}, {lookup};
drop role {owner}, {migrator}, {app}, {platform}, {identity}, {backup}, {lookup};
