CREATE INDEX addresses_of_customer ON addresses (customer_id);
CREATE INDEX payments_of_order ON payments (order_id);
CREATE INDEX orders_of_customer ON orders (customer_id);

CREATE TRIGGER orders_are_remembered AFTER INSERT ON orders BEGIN
  INSERT INTO audit_log (happened_at, action, order_id) VALUES (NEW.placed_at, 'order placed', NEW.id);
END;

CREATE VIEW open_orders AS
  SELECT o.id, o.placed_at, c.full_name, o.total
  FROM orders o JOIN customers c ON c.id = o.customer_id
  WHERE o.state IN ('placed', 'paid', 'packed');

CREATE VIEW sales_by_month AS
  SELECT substr(placed_at, 1, 7) AS month, count(*) AS orders, sum(total) AS revenue
  FROM orders GROUP BY 1;
