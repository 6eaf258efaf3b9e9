select relation as object, format('%s compares text or a part of it: %s', title, expression) as what,
       format('alter %s using (…) with check (…), comparing the column with = in its own type', title) as remedy
  from expressions where kind = 'text'
