-- SPDX-License-Identifier: BSD-3-Clause
-- 100,000 rows with indexes and transactions: committed, rolled back, vacuumed.
attach '' as disk; -- a file of its own, private and removed
create table disk.t(a integer primary key, b text, c real);
begin; with recursive n(i) as (select 1 union all select i+1 from n where i<100000) insert into t select i, 'row '||(i*7919%100003), i*0.5 from n; commit;
create index disk.tb on t(b); create index disk.tc on t(c);
begin; update t set c=c+1 where a%10=0; delete from t where a%7=0; rollback;
begin; delete from t where a%3=0; commit; vacuum disk;
select count(*), sum(a), max(b), sum(c) from t; pragma integrity_check;
