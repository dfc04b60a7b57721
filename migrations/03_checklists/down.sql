DROP TABLE checklist_version;
DROP TABLE checklist;
