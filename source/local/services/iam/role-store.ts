import type { DatabaseSync } from 'node:sqlite';

/** A role as it is kept. Times are milliseconds since 1970. */
export type RoleRow = {
  name: string;
  id: string;
  path: string;
  arn: string;
  trustPolicy: string;
  description: string | null;
  maxSessionDuration: number;
  permissionsBoundary: string | null;
  createdAt: number;
};

export type TagRow = { Key: string; Value: string };

export type RoleStore = ReturnType<typeof createRoleStore>;

/** Roles, their tags and policies in the database. Names are compared without case, as IAM does. */
export function createRoleStore(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS iam_roles (
      name TEXT PRIMARY KEY COLLATE NOCASE, id TEXT NOT NULL, path TEXT NOT NULL, arn TEXT NOT NULL,
      trustPolicy TEXT NOT NULL, description TEXT, maxSessionDuration INTEGER NOT NULL,
      permissionsBoundary TEXT, createdAt INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS iam_role_tags (
      role TEXT NOT NULL COLLATE NOCASE REFERENCES iam_roles (name) ON DELETE CASCADE,
      key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (role, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS iam_inline_policies (
      role TEXT NOT NULL COLLATE NOCASE REFERENCES iam_roles (name),
      name TEXT NOT NULL COLLATE NOCASE, document TEXT NOT NULL, PRIMARY KEY (role, name)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS iam_attached_policies (
      role TEXT NOT NULL COLLATE NOCASE REFERENCES iam_roles (name),
      arn TEXT NOT NULL, PRIMARY KEY (role, arn)
    ) WITHOUT ROWID;
  `);
  const statements = {
    get: database.prepare('SELECT * FROM iam_roles WHERE name = ?'),
    list: database.prepare(
      'SELECT * FROM iam_roles WHERE instr(path, ?) = 1 AND name > ? ORDER BY name LIMIT ?',
    ),
    insert: database.prepare(
      `INSERT INTO iam_roles VALUES (:name, :id, :path, :arn, :trustPolicy, :description, :maxSessionDuration,
       :permissionsBoundary, :createdAt)`,
    ),
    update: database.prepare(
      `UPDATE iam_roles SET trustPolicy = :trustPolicy, description = :description,
       maxSessionDuration = :maxSessionDuration, permissionsBoundary = :permissionsBoundary WHERE name = :name`,
    ),
    remove: database.prepare('DELETE FROM iam_roles WHERE name = ?'),
    tags: database.prepare(
      'SELECT key AS Key, value AS Value FROM iam_role_tags WHERE role = ? ORDER BY key',
    ),
    putTag: database.prepare('INSERT OR REPLACE INTO iam_role_tags VALUES (?, ?, ?)'),
    removeTag: database.prepare('DELETE FROM iam_role_tags WHERE role = ? AND key = ?'),
    inline: database.prepare('SELECT name, document FROM iam_inline_policies WHERE role = ? ORDER BY name'),
    putInline: database.prepare('INSERT OR REPLACE INTO iam_inline_policies VALUES (?, ?, ?)'),
    removeInline: database.prepare('DELETE FROM iam_inline_policies WHERE role = ? AND name = ?'),
    attached: database.prepare('SELECT arn FROM iam_attached_policies WHERE role = ? ORDER BY arn'),
    attach: database.prepare('INSERT OR IGNORE INTO iam_attached_policies VALUES (?, ?)'),
    detach: database.prepare('DELETE FROM iam_attached_policies WHERE role = ? AND arn = ?'),
  };
  return {
    get: (name: string) => statements.get.get(name) as RoleRow | undefined,
    /** Up to `limit` roles after the name `after`. */
    list: (pathPrefix: string, after: string, limit: number) =>
      statements.list.all(pathPrefix, after, limit) as RoleRow[],
    insert: (role: RoleRow) => void statements.insert.run(role),
    update: (role: RoleRow) => {
      const { name, trustPolicy, description, maxSessionDuration, permissionsBoundary } = role;
      statements.update.run({ name, trustPolicy, description, maxSessionDuration, permissionsBoundary });
    },
    remove: (name: string) => void statements.remove.run(name),
    tags: (role: string) => statements.tags.all(role) as TagRow[],
    putTag: (role: string, key: string, value: string) => void statements.putTag.run(role, key, value),
    removeTag: (role: string, key: string) => void statements.removeTag.run(role, key),
    inline: (role: string) => statements.inline.all(role) as { name: string; document: string }[],
    putInline: (role: string, name: string, document: string) =>
      void statements.putInline.run(role, name, document),
    removeInline: (role: string, name: string) => statements.removeInline.run(role, name).changes > 0,
    attached: (role: string) => statements.attached.all(role).map(({ arn }) => String(arn)),
    attach: (role: string, arn: string) => void statements.attach.run(role, arn),
    detach: (role: string, arn: string) => statements.detach.run(role, arn).changes > 0,
  };
}
