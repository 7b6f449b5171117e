-- Functions, triggers, views and grants: everything in a real database that is not a row.

CREATE FUNCTION order_total(wanted bigint) RETURNS bigint
  LANGUAGE sql STABLE
  AS $$ SELECT coalesce(sum(quantity * unit_price), 0)::bigint FROM order_items WHERE order_id = wanted $$;

CREATE FUNCTION search_products(words text, most integer DEFAULT 20) RETURNS SETOF products
  LANGUAGE sql STABLE
  AS $$ SELECT * FROM products WHERE listed AND title % words ORDER BY similarity(title, words) DESC LIMIT most $$;

CREATE FUNCTION remember_order() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  BEGIN
    INSERT INTO audit_log (happened_at, actor, action, details)
      VALUES (now(), session_user, 'order placed', jsonb_build_object('order', NEW.id, 'total', NEW.total));
    RETURN NULL;
  END $$;

CREATE FUNCTION remember_price() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  BEGIN
    INSERT INTO product_prices (product_id, valid_from, price) VALUES (NEW.id, now(), NEW.price);
    NEW.updated_at := now();
    RETURN NEW;
  END $$;

CREATE TRIGGER orders_are_remembered AFTER INSERT ON orders
  FOR EACH ROW EXECUTE FUNCTION remember_order();
CREATE TRIGGER prices_are_remembered BEFORE UPDATE OF price ON products
  FOR EACH ROW WHEN (OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION remember_price();

CREATE SCHEMA reporting;

CREATE VIEW reporting.open_orders AS
  SELECT o.id, o.placed_at, c.full_name, o.total
  FROM orders o JOIN customers c ON c.id = o.customer_id
  WHERE o.state IN ('placed', 'paid', 'packed');

CREATE VIEW reporting.scarce_products AS
  SELECT p.id, p.sku, p.title, sum(i.quantity) AS left_over
  FROM products p JOIN inventory i ON i.product_id = p.id
  GROUP BY p.id HAVING sum(i.quantity) < 100;

CREATE MATERIALIZED VIEW reporting.sales_by_month AS
  SELECT date_trunc('month', placed_at) AS month, count(*) AS orders, sum(total) AS revenue
  FROM orders GROUP BY 1;
CREATE UNIQUE INDEX sales_by_month_month ON reporting.sales_by_month (month);

COMMENT ON TABLE orders IS 'One partition a month; an order''s reference is what the customer was told.';
COMMENT ON COLUMN products.price IS 'cents, tax included';

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY shop_sees_recent_sessions ON sessions TO shop_application
  USING (started_at > now() - interval '30 days');

GRANT USAGE ON SCHEMA public TO shop_application, shop_reports;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_application;
GRANT INSERT ON orders, order_items, payments, reviews, sessions TO shop_application;
GRANT UPDATE (quantity) ON inventory TO shop_application;
GRANT UPDATE (state) ON orders TO shop_application;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO shop_application;
GRANT USAGE ON SCHEMA reporting TO shop_reports;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO shop_reports;
ALTER DEFAULT PRIVILEGES IN SCHEMA reporting GRANT SELECT ON TABLES TO shop_reports;

ANALYZE;
